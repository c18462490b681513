package redrive

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/deadletter"
	"github.com/sluice-bridge/sluice/bridge/kafka/membership"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/resend"
)

// Filter says which dead letters are meant; what is empty lets all through.
type Filter struct {
	// Period is of the times at which letters were given up.
	resend.Period
	Reasons, Destinations, Rules []string
}

// empty says whether it lets all through.
func (f Filter) empty() bool {
	return len(f.Reasons)+len(f.Destinations)+len(f.Rules) == 0 && f.Period == resend.Period{}
}

func (f Filter) wants(l *message.DeadLetter) bool {
	return f.Has(l.Time) &&
		resend.In(f.Reasons, string(l.Reason)) && resend.In(f.Destinations, l.Destination) && resend.In(f.Rules, l.Rule)
}

// deadLetters are those of a topic that have not left it, up to where it ended when they were
// opened.
type deadLetters struct {
	reader    *reader.Reader
	topic     string
	byRules   bool // as the Request has it
	filter    Filter
	explainer resend.Explainer // of what the current rules make of a record
	known     map[string]bool  // the destinations that there are
	replay    func(message.DeadLetter) string
	// origin returns the origin of a topic that records came from.
	origin func(ctx context.Context, topic string) (offsets.TopicIdentity, error)

	x       pipeline.Explanation // reused
	ledgers map[int32]*ledger
	ranges  []reader.Range
}

// open takes down what has left already, by what the group has committed. It reports whether there
// is anything on record. The error says that only a newer version can go on.
func (l *deadLetters) open(committed map[int32]membership.Offset) (recorded bool, err error) {
	l.ledgers, l.ranges = map[int32]*ledger{}, nil
	for _, r := range l.reader.Ranges() {
		at, ok := committed[r.Partition]
		if !ok {
			at.At = -1
		}
		led, of, err := openLedger(l.reader.TopicID(), r.First, at.At, at.Metadata)
		if err != nil {
			return false, fmt.Errorf("the dead letters of %s/%d: %w; redrive with that version", l.topic, r.Partition, err)
		}
		recorded = recorded || of
		l.ledgers[r.Partition] = led
		l.ranges = append(l.ranges, reader.Range{Partition: r.Partition, First: min(led.next, r.End), End: r.End})
	}
	return recorded, nil
}

// offsets is how many there are to read; as many letters at the most.
func (l *deadLetters) offsets() int64 { return resend.OffsetsIn(l.ranges) }

// Why a letter stays where it is.
const (
	staysFiltered   = "the filters leave it out"
	staysForeign    = "it is not a dead letter of the bridge"
	staysNowhere    = "its destination is not in the configuration"
	staysBatch      = "it names a batch and holds no record; what Kafka still has of the batch is sent by: "
	staysUnroutable = "the rules give it no destination: "
)

// outcome is what is to become of a letter.
type outcome struct {
	// stays says why it is not sent; empty where it is.
	stays string
	// to are the destinations; none where a rule drops it, and it leaves the topic with that.
	to []string
}

// decide reads a letter and says what is to become of it.
func (l *deadLetters) decide(ctx context.Context, r *kgo.Record) (message.DeadLetter, outcome, error) {
	letter, ours := deadletter.Read(r)
	switch {
	case !ours:
		return letter, outcome{stays: staysForeign}, nil
	case !l.filter.wants(&letter):
		return letter, outcome{stays: staysFiltered}, nil
	case letter.Batch != nil:
		return letter, outcome{stays: staysBatch + l.replay(letter)}, nil
	case l.direct(&letter) && !l.known[letter.Destination]:
		return letter, outcome{stays: staysNowhere}, nil
	case l.direct(&letter):
		return letter, outcome{to: []string{letter.Destination}}, nil
	}
	origin, err := l.origin(ctx, letter.Record.Topic)
	if err != nil {
		return letter, outcome{}, err
	}
	why, err := resend.Explain(l.explainer, letter.Record, origin, &l.x)
	if err != nil {
		return letter, outcome{}, err
	}
	if why != "" && why != resend.Dropped {
		return letter, outcome{stays: staysUnroutable + why}, nil
	}
	var f outcome
	for i := range l.x.Deliveries {
		f.to = append(f.to, l.x.Deliveries[i].Destination.Name)
	}
	return letter, f, nil
}

// ahead has the schema looked up of what is in a letter that comes later, as far as it is to be sent: by
// the rules, and by what way returns.
func (l *deadLetters) ahead(r *kgo.Record, way func(*message.DeadLetter) *pipeline.Pipeline) {
	letter, ours := deadletter.Read(r)
	if !ours || l.ledgers[r.Partition].has(r.Offset) || !l.filter.wants(&letter) || letter.Batch != nil {
		return
	}
	direct := l.direct(&letter)
	if !direct {
		l.explainer.Ahead(letter.Record)
	}
	if way != nil && (!direct || l.known[letter.Destination]) {
		way(&letter).Ahead(letter.Record)
	}
}

// direct says whether a letter goes to the destination that it is recorded with, whatever the rules
// say.
func (l *deadLetters) direct(letter *message.DeadLetter) bool {
	return !l.byRules && letter.Destination != ""
}

// Row counts dead letters of one kind, and says what would become of them.
type Row struct {
	Reason      string `json:"reason"`
	Destination string `json:"destination,omitempty"`
	Rule        string `json:"rule,omitempty"`
	// To are the destinations that each would go to; none where it stays, or a rule drops it.
	To []string `json:"to"`
	// Stays says why it would stay where it is.
	Stays string `json:"stays,omitempty"`
	Count int64  `json:"count"`
}

// Preview is what a redrive would do.
type Preview struct {
	// Offsets is how many there are to read; as many letters at the most.
	Offsets int64 `json:"offsets"`
	// Letters were read for this, and Whole says whether that is all.
	Letters int64 `json:"letters"`
	Whole   bool  `json:"whole"`
	// Goes is how many of those would be sent.
	Goes int64 `json:"goes"`
	Rows []Row `json:"rows"`
	// Recorded says whether an earlier redrive is on record.
	Recorded bool `json:"-"`
}

// Destinations are those, of all, that letters would go to; all where not every letter was read.
func (p *Preview) Destinations(all []string) []string {
	return resend.Needed(all, p.Whole, func(name string) bool {
		return slices.ContainsFunc(p.Rows, func(row Row) bool { return slices.Contains(row.To, name) })
	})
}

// look counts what a redrive would do, reading so many letters at the most.
func (l *deadLetters) look(ctx context.Context, most int64) (Preview, error) {
	p := Preview{Offsets: l.offsets(), Whole: true, Rows: []Row{}}
	for r, err := range resend.LookAhead(l.reader.Read(ctx, l.ranges), func(r *kgo.Record) { l.ahead(r, nil) }) {
		if err != nil {
			return p, err
		}
		if l.ledgers[r.Partition].has(r.Offset) {
			continue
		}
		if p.Whole = p.Letters < most; !p.Whole {
			break
		}
		p.Letters++
		letter, f, err := l.decide(ctx, r)
		if err != nil {
			return p, err
		}
		row := Row{Reason: string(letter.Reason), Destination: letter.Destination, Rule: letter.Rule, To: append([]string{}, f.to...), Stays: f.stays}
		if row.Stays == "" {
			p.Goes++
		}
		i := slices.IndexFunc(p.Rows, func(have Row) bool { return have.same(&row) })
		if i < 0 {
			i = len(p.Rows)
			p.Rows = append(p.Rows, row)
		}
		p.Rows[i].Count++
	}
	slices.SortFunc(p.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Stays, b.Stays), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Destination, b.Destination),
			cmp.Compare(a.Rule, b.Rule), slices.Compare(a.To, b.To))
	})
	return p, nil
}

func (row *Row) same(other *Row) bool {
	return row.Reason == other.Reason && row.Destination == other.Destination && row.Rule == other.Rule &&
		row.Stays == other.Stays && slices.Equal(row.To, other.To)
}
