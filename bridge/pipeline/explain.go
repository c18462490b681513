package pipeline

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// Explainer does to one record what a pipeline does, through the same code, and sends nothing. It
// is not safe for concurrent use.
type Explainer struct {
	decider
	encoder *message.Encoder
}

// NewExplainer returns an explainer. The reading and the policy for tombstones are as in
// [Options].
func NewExplainer(encoder *message.Encoder, reading func(topic string) Reading, dropTombstones bool) *Explainer {
	e := &Explainer{decider: newDecider(encoder, reading, dropTombstones), encoder: encoder}
	e.subjects = true // for people to read
	return e
}

// State says by which schema values were decoded that are given as the JSON which they decode to, and the
// name of their type, from now on; nil for values that have none.
func (e *Explainer) State(schema *codec.Schema, name string) { e.stated, e.name = schema, name }

// Explanation is what the bridge does with one record. It may refer to the record's memory.
type Explanation struct {
	// Event is the record as the rules see it.
	Event routing.Event
	// Tombstone is set where the record was dropped for having no value, before any rule was asked;
	// the decision is Dropped then.
	Tombstone bool
	Decision  routing.Decision
	// Deliveries by target of the decision.
	Deliveries []Preview
}

// NotJSON says why a value cannot be read that a rule had to look into; nil where that is not so.
func (x *Explanation) NotJSON() error {
	if !x.Decision.Unread {
		return nil
	}
	return notJSON(&x.Event)
}

// Outcome is what becomes of the record: what the rules decided, but DeadLetter where they route it
// and none of its messages can be sent.
func (x *Explanation) Outcome() routing.Outcome {
	for i := range x.Deliveries {
		if len(x.Deliveries[i].Problems()) == 0 {
			return x.Decision.Outcome
		}
	}
	if len(x.Deliveries) > 0 {
		return routing.DeadLetter
	}
	return x.Decision.Outcome
}

// Preview is one message that would be sent.
type Preview struct {
	Destination message.Destination
	// Rule that named the destination; empty for the unmatched policy.
	Rule string
	// Message is whole where Err is nil; else it has only its body.
	Message message.Message
	// Err says why the message cannot be built: the record becomes a dead letter of this
	// destination. It is an *EncodeError.
	Err error
}

// Explain decides on a record whose topic has the given origin, and builds its messages. It
// overwrites x and reuses its slices. The error is that of decoding: codec.ErrPending where the
// record has to wait for its schema, or a *codec.UndecodableError.
func (e *Explainer) Explain(r *kgo.Record, origin offsets.TopicIdentity, x *Explanation) error {
	x.Deliveries = x.Deliveries[:0]
	st, err := e.decide(r, &origin, nil, &x.Event, &x.Decision)
	if err != nil {
		return err
	}
	x.Tombstone = x.Decision.Outcome == routing.Dropped && len(x.Decision.Matched) == 0
	if x.Tombstone {
		return nil
	}
	for i, target := range x.Decision.Targets {
		if i == cap(x.Deliveries) {
			x.Deliveries = slices.Grow(x.Deliveries, 1)
		}
		x.Deliveries = x.Deliveries[:i+1] // what was there keeps its memory
		e.preview(&x.Deliveries[i], &x.Event, &st, target)
	}
	return nil
}

func (e *Explainer) preview(p *Preview, ev *routing.Event, st *message.RecordInfo, target routing.Target) {
	p.Destination, p.Rule = e.encoder.Destinations[target.Destination], ""
	if target.Rule >= 0 {
		p.Rule = e.encoder.Table.RuleName(target.Rule)
	}
	if _, p.Err = e.encoder.Encode(&p.Message, ev, st, target); p.Err != nil {
		p.Message = message.Message{Body: p.Message.Body}
	}
}

// Problems says in sentences what keeps the message from being sent as it is: each makes the
// record a dead letter of this destination.
func (p *Preview) Problems() []string {
	if p.Err != nil {
		return []string{p.Err.Error()}
	}
	if text := p.Destination.Profile.TooLarge(p.Message.Size); text != "" {
		return []string{text}
	}
	return nil
}
