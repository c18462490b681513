package replay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/internal/suggest"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/wiring/records"
)

// Request says what is to be sent again, and how.
type Request struct {
	resend.Setup
	// Topics are those to read, beside those that Offsets name; all of the configuration where there are none.
	Topics  []string
	Offsets []Offsets
	Filter  Filter
	// MostUnpacked is how many bytes of memory a batch may take, unpacked.
	MostUnpacked int64
	// ID sets the replay apart from others: with the same one FIFO destinations drop what they have had within five
	// minutes. Empty for a new one.
	ID string
	// Missing is told of each topic that does not exist, and is left out since nobody has named it; nil for nobody.
	Missing func(topic string)
}

// Plan is what a request leads to. Nothing is sent before Start.
type Plan struct {
	Request
	Spans []Span
}

// Open looks up what is to be read. The error is a [resend.RequestError] where the configuration has not what is
// asked for, else says what to do.
func Open(ctx context.Context, r Request) (*Plan, error) {
	if err := errors.Join(among("destination", r.Filter.Destinations, r.Config.DestinationNames()), among("rule", r.Filter.Rules, r.Config.RuleNames())); err != nil {
		return nil, err
	}
	if err := CheckID(r.ID); err != nil {
		return nil, err
	}
	if r.ID == "" {
		r.ID = newID()
	}
	p := &Plan{Request: r}
	if err := p.open(ctx); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Close ends what is open for reading.
func (p *Plan) Close() {
	for _, s := range p.Spans {
		s.Reader.Close()
	}
}

// among refuses names that the configuration does not have.
func among(what string, names, known []string) error {
	for _, name := range names {
		if slices.Contains(known, name) {
			continue
		}
		if near := suggest.Name(name, known); near != "" {
			return resend.Refuse("%s %s is not in the configuration; did you mean %s?", what, name, near)
		}
		return resend.Refuse("%s %s is not in the configuration; it has %s", what, name, strings.Join(known, ", "))
	}
	return nil
}

var idText = regexp.MustCompile(`^[A-Za-z0-9_-]{0,32}$`)

// CheckID says what is wrong with the id of a replay. The error is a [resend.RequestError].
func CheckID(id string) error {
	if !idText.MatchString(id) {
		return resend.Refuse("%q cannot be the id of a replay; write up to 32 letters, digits, dashes and underscores", id)
	}
	return nil
}

func newID() string {
	b := make([]byte, 4)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

// open opens the topics.
func (p *Plan) open(ctx context.Context) error {
	connection, err := p.Connection(ctx)
	if err != nil {
		return err
	}
	topics, named, err := p.topics(ctx, connection)
	if err != nil {
		return err
	}
	for _, topic := range topics {
		from, err := records.Open(ctx, p.Config, connection, records.Options{Topic: topic, MostUnpacked: p.MostUnpacked, Timeout: p.Timeout})
		if errors.Is(err, kerr.UnknownTopicOrPartition) && !named {
			if p.Missing != nil {
				p.Missing(topic)
			}
			continue
		}
		if err != nil {
			return records.Unreadable(p.Config, topic, err)
		}
		p.Spans = append(p.Spans, Span{Topic: topic, Reader: from})
		ranges, err := p.ranges(ctx, topic, len(topics) == 1, from)
		if err != nil {
			return err
		}
		p.Spans[len(p.Spans)-1].Ranges = ranges
	}
	return nil
}

// topics returns the topics to read, in order, and whether they were named one by one.
func (p *Plan) topics(ctx context.Context, c kafka.Connection) (names []string, named bool, err error) {
	chosen := map[string]bool{}
	for _, name := range p.Topics {
		chosen[name] = true
	}
	for _, o := range p.Offsets {
		if o.Topic != "" {
			chosen[o.Topic] = true
		}
	}
	var subscribed []string
	err = kafka.LookUp(ctx, c, p.Timeout, func(ctx context.Context, admin *kadm.Client) (err error) {
		subscribed, err = kafka.Topics(ctx, admin, p.Config.Subscriptions())
		return err
	})
	if err != nil {
		return nil, false, records.Unreadable(p.Config, "", err)
	}
	if len(chosen) == 0 {
		return subscribed, false, nil
	}
	for name := range chosen {
		if !slices.Contains(subscribed, name) {
			return nil, true, resend.Refuse("topic %s is not read under this configuration, so no rule decides on it; correct its name, or name it in a rule", name)
		}
	}
	return slices.Sorted(maps.Keys(chosen)), true, nil
}

// ranges returns what is to be read of one topic.
func (p *Plan) ranges(ctx context.Context, topic string, only bool, from *reader.Reader) (ranges []reader.Range, err error) {
	ranges = from.Ranges()
	if len(p.Offsets) > 0 {
		if ranges, err = named(p.Offsets, topic, only, ranges); err != nil {
			return nil, err
		}
	}
	// Kafka finds a time by the first record that is not before it.
	bound := func(at time.Time, set func(r *reader.Range, offset int64)) error {
		if at.IsZero() {
			return nil
		}
		offsets, err := from.After(ctx, at)
		if err != nil {
			return records.Unreadable(p.Config, topic, err)
		}
		for i := range ranges {
			set(&ranges[i], offsets[ranges[i].Partition])
		}
		return nil
	}
	if err = bound(p.Filter.From, func(r *reader.Range, o int64) { r.First = max(r.First, o) }); err == nil {
		err = bound(p.Filter.To, func(r *reader.Range, o int64) { r.End = min(r.End, o) })
	}
	return slices.DeleteFunc(ranges, func(at reader.Range) bool { return at.First >= at.End }), err
}

// Preview counts what would be sent, reading so many records at the most.
func (p *Plan) Preview(ctx context.Context, most int64) (Preview, error) {
	ex, err := forecast.New(p.Config, p.Timeout, p.Dial)
	if err != nil {
		return Preview{}, err
	}
	defer ex.Close()
	preview, err := look(ctx, p.Spans, p.Filter, ex, most)
	if err != nil {
		return preview, records.Unreadable(p.Config, "", err)
	}
	return preview, nil
}

// Destinations are those that may be sent to.
func (p *Plan) Destinations() []string {
	if len(p.Filter.Destinations) > 0 {
		return p.Filter.Destinations
	}
	return p.Config.DestinationNames()
}

// Start opens destinations, and returns a replay that sends to them. It is closed after its run.
func (p *Plan) Start(ctx context.Context, destinations []string) (*Replay, error) {
	flow, err := p.Flow(ctx, destinations)
	if err != nil {
		return nil, err
	}
	return newReplay(p, flow), nil
}

// Failed words why a run has failed, and has no words for one that somebody has stopped.
func (p *Plan) Failed(err error) error {
	if err == nil || errors.Is(err, resend.ErrStopped) {
		return err
	}
	return records.Unreadable(p.Config, "", err)
}
