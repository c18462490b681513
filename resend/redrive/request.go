package redrive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/membership"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/wiring/records"
)

// Request says which dead letters are to be sent again, and how.
type Request struct {
	resend.Setup
	Filter Filter
	// ByRules sends each letter where the current rules say; else one that had a destination goes there and nowhere
	// else.
	ByRules bool
	// MostUnpacked is how many bytes of memory a batch may take, unpacked.
	MostUnpacked int64
	// Replay returns the command that sends the batch which a letter stands for; it must not be nil.
	Replay func(message.DeadLetter) string
	// Waiting is told of the group, once, if another redrive has to be waited for; nil for nobody.
	Waiting func(group string)
}

// Plan is what a request leads to. Nothing is sent before Start.
type Plan struct {
	Request
	Topic string

	group      string
	connection kafka.Connection
	letters    *deadLetters
	explainer  *forecast.Forecaster
	origins    map[string]offsets.TopicIdentity
}

// Open opens the dead-letter topic. The error is a [resend.RequestError] where there is none, else says what to do.
func Open(ctx context.Context, r Request) (*Plan, error) {
	p := &Plan{Request: r, Topic: r.Config.DeadLetter.Kafka, group: r.Config.Kafka.Group + ".redrive", origins: map[string]offsets.TopicIdentity{}}
	if p.Topic == "" {
		return nil, resend.Refuse("dead letters go to the destination %s, and redrive reads a topic; have a consumer of that destination open the envelopes and send them on, or set dead_letter.kafka", r.Config.DeadLetter.Destination)
	}
	var err error
	if p.connection, err = r.Connection(ctx); err != nil {
		return nil, err
	}
	from, err := records.Open(ctx, r.Config, p.connection, records.Options{Topic: p.Topic, MostUnpacked: r.MostUnpacked, Timeout: r.Timeout})
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		return nil, fmt.Errorf("the dead-letter topic %s does not exist, or may not be described; the bridge creates it when it starts, or correct dead_letter.kafka", p.Topic)
	}
	if err != nil {
		return nil, records.Unreadable(r.Config, p.Topic, err)
	}
	p.letters = &deadLetters{reader: from, topic: p.Topic, byRules: r.ByRules, known: map[string]bool{}, origin: p.origin, replay: r.Replay, filter: r.Filter}
	for _, name := range r.Config.DestinationNames() {
		p.letters.known[name] = true
	}
	if p.explainer, err = forecast.New(r.Config, r.Timeout, r.Dial); err != nil {
		from.Close()
		return nil, err
	}
	p.letters.explainer = p.explainer
	return p, nil
}

// Close ends what is open for reading.
func (p *Plan) Close() {
	p.explainer.Close()
	p.letters.reader.Close()
}

// Ranges are what the dead-letter topic had when it was opened.
func (p *Plan) Ranges() []reader.Range { return p.letters.reader.Ranges() }

// origin looks up where a record came from, once for each topic.
func (p *Plan) origin(ctx context.Context, topic string) (offsets.TopicIdentity, error) {
	if o, ok := p.origins[topic]; ok {
		return o, nil
	}
	err := kafka.LookUp(ctx, p.connection, p.Timeout, func(ctx context.Context, admin *kadm.Client) error {
		found, err := kafka.Origins(ctx, admin, []string{topic})
		if err == nil {
			p.origins[topic] = found[topic]
		}
		return err
	})
	return p.origins[topic], err
}

// Preview counts what would become of the letters, reading so many at the most.
func (p *Plan) Preview(ctx context.Context, most int64) (Preview, error) {
	var committed map[int32]membership.Offset
	err := kafka.LookUp(ctx, p.connection, p.Timeout, func(ctx context.Context, admin *kadm.Client) (err error) {
		committed, err = membership.Committed(ctx, admin, p.group, p.Topic)
		return err
	})
	if err != nil {
		return Preview{}, p.Failed(err)
	}
	recorded, err := p.letters.open(committed)
	if err != nil {
		return Preview{}, err
	}
	preview, err := p.letters.look(ctx, most)
	preview.Recorded = recorded
	return preview, p.Failed(err)
}

// Start takes the group, opens destinations, and returns a redrive that sends to them. It is closed after its run.
func (p *Plan) Start(ctx context.Context, destinations []string) (*Redrive, error) {
	held, err := p.lock(ctx)
	if err != nil {
		return nil, p.Failed(err)
	}
	flow, err := p.open(ctx, held, destinations)
	if err != nil {
		held.Release()
		return nil, err
	}
	return newRedrive(flow, p.letters, held, time.Duration(p.Config.CommitInterval)), nil
}

// lock takes the group.
func (p *Plan) lock(ctx context.Context) (*membership.GroupLock, error) {
	var partitions []int32
	for _, at := range p.letters.reader.Ranges() {
		partitions = append(partitions, at.Partition)
	}
	return membership.LockGroup(ctx, membership.LockOptions{
		Connection: p.connection, Group: p.group, Topic: p.Topic, Partitions: partitions, Timeout: p.Timeout, Log: p.Log,
		Waiting: func() {
			if p.Waiting != nil {
				p.Waiting(p.group)
			}
		},
	})
}

// open goes on from what the group has committed, and opens the destinations.
func (p *Plan) open(ctx context.Context, held *membership.GroupLock, destinations []string) (*resend.Flow, error) {
	committed, err := held.Committed(ctx)
	if err != nil {
		return nil, p.Failed(err)
	}
	if _, err := p.letters.open(committed); err != nil {
		return nil, err
	}
	return p.Flow(ctx, destinations)
}

// Failed words why letters cannot be redriven; a stop is none of that.
func (p *Plan) Failed(err error) error {
	var occupied *membership.Occupied
	switch {
	case err == nil, errors.Is(err, resend.ErrStopped), errors.As(err, &occupied):
		return err
	case errors.Is(err, membership.ErrLocked):
		return fmt.Errorf("%w %s; wait for the other redrive to end, and run this one again: what has left the topic is not sent again", err, p.group)
	case errors.Is(err, kerr.GroupAuthorizationFailed):
		return fmt.Errorf("group %s may not be used; give the principal the rights READ and DESCRIBE on it", p.group)
	case errors.Is(err, ErrFull):
		remedy := "redrive those without filters, and then the rest"
		if p.Filter.empty() {
			remedy = "have a rule send or drop those, and redrive again"
		}
		return fmt.Errorf("%w: too many letters between are left out; nothing is lost, so %s", err, remedy)
	case errors.Is(err, kerr.OffsetMetadataTooLarge):
		return fmt.Errorf("the record of which letters have left the topic does not fit into the offset's metadata of group %s; set offset.metadata.max.bytes of the brokers to 4096 or more, or redrive without filters", p.group)
	}
	return records.Unreadable(p.Config, p.Topic, err)
}
