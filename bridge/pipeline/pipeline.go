package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Options say what a consumer group does with what it reads.
type Options struct {
	// Group is the consumer group, for metrics.
	Group   string
	Encoder *message.Encoder
	// Lanes by destination, as indexed in the table; nil where another consumer group sends.
	Lanes []*delivery.Lane
	// Earlier are rules that were replaced and still decide on some records, the oldest first.
	Earlier []EarlierOptions
	// StandIns are lanes to the destinations of other groups, indexed as Lanes, for records that were to go
	// to one which is no more; nil, or none, where there is nothing of the kind.
	StandIns []*delivery.Lane
	// Topics are those that are read, by name or as /expressions/, for metrics.
	Topics []string
	// Reading returns how the values of a topic are read.
	Reading func(topic string) Reading
	// DropTombstones settles records without a value, unsent.
	DropTombstones bool
	// Secondary is set for the group of an isolated destination: what is not for it is not its
	// concern, neither to count nor to dead-letter.
	Secondary bool
	// Resend is what the records are that are accepted, where they are sent again on purpose; else nil.
	Resend *message.Resend
	// To is where every record goes, whatever the rules say; nil: where they say.
	To *routing.Target
	// Only says which of the targets are sent to; nil: all.
	Only func(routing.Target) bool
	// Unroutable is told of each record that has no destination and is not dropped by a rule, instead of
	// the dead letters; nil: those take what is theirs.
	Unroutable func(message.Reason)
	Letters    *delivery.DeadLetters
	Observer   *telemetry.Observer
}

// Pipeline decodes, routes and encodes records and hands them to the lanes. It does no I/O and
// never blocks on a destination. One goroutine at a time calls Accept.
type Pipeline struct {
	Options
	decider

	earlier []*Earlier
	slots   []slot           // of these; none without them
	lanes   []*delivery.Lane // those of Lanes, then the stand-ins
	group   *telemetry.Group
	rules   *telemetry.Rules

	// Memory for one call of Accept, reused by the next.
	from     source
	event    routing.Event
	decision routing.Decision
	waits    *decider    // that waits for a schema
	agreed   [][]sending // what became of the record by all rules up to some, the oldest first
	said     []sending   // by the current rules
	entries  []offsets.Entry
	ready    []routed
	perLane  [][]*delivery.Delivery
}

// source is where the records of one call come from.
type source struct {
	topic   string
	origin  *offsets.TopicIdentity // of the topic
	again   *message.Resend        // nil for the first time
	reach   progress.Progress
	room    int64      // bytes of records that may be registered
	to      Registrar  // of the records and their deliveries
	earlier []*Earlier // rules that decide on some of them, the oldest first
}

// Registrar is told of records before their deliveries leave, and of each that is acknowledged: an assignment,
// or a dead letter that is sent again.
type Registrar interface {
	offsets.Ack
	// Register takes records in the order of their offsets, and returns the number of the first for Settle, which
	// the others follow; false, where it has ended.
	Register(batch []offsets.Entry) (first uint64, ok bool)
}

// routed is a delivery on its way to a lane, by its index among all; lane -1: to the dead letters, for why.
type routed struct {
	delivery *delivery.Delivery
	entry    int // index of its record among the entries
	lane     int
	// Of a dead letter.
	destination string
	reason      message.Reason
	why         error
}

// New returns a pipeline.
func New(opts Options) *Pipeline {
	p := &Pipeline{
		Options: opts,
		decider: newDecider(opts.Encoder, opts.Reading, opts.DropTombstones),
		lanes:   slices.Concat(opts.Lanes, opts.StandIns),
		group:   opts.Observer.Group(opts.Group),
		rules:   opts.Observer.Rules(opts.Encoder.Table),
	}
	p.perLane = make([][]*delivery.Delivery, len(p.lanes))
	if !p.Secondary {
		p.rules.MayDrop(p.DropTombstones)
	}
	p.group.Subscribed(opts.Topics)
	p.newEarlier()
	return p
}

// Accept takes what a poll returned for one partition, in order, and returns how many records it
// took; the others are to be offered again. It stops when it has worked for a slice of time, where the
// partition may hold no more, and at a record that has to wait for its schema: lacks names that and those of the
// records behind it, which are fetched meanwhile. The records may be garbage once everything that came of
// them is settled.
func (p *Pipeline) Accept(part *offsets.Tracker, records []*kgo.Record) (taken int, lacks string) {
	p.from = source{topic: part.Topic, origin: &part.Origin, again: p.Resend, reach: part.Progress(), room: part.Room(), to: part, earlier: p.earlierOf(part)}
	return p.accept(records)
}

// Redrive takes the record of a dead letter, whose topic has that origin; false where it has to wait for its
// schema, and is to be offered again.
func (p *Pipeline) Redrive(r *kgo.Record, origin *offsets.TopicIdentity, again *message.Resend, to Registrar) bool {
	p.from = source{topic: r.Topic, origin: origin, again: again, room: 1, to: to}
	taken, _ := p.accept([]*kgo.Record{r})
	return taken > 0
}

// accept takes records that come from p.from, as Accept says.
func (p *Pipeline) accept(records []*kgo.Record) (taken int, lacks string) {
	now := time.Now()
	stint := stint{began: now}
	p.entries, p.ready = p.entries[:0], p.ready[:0]
	ends, room := 0, p.from.room
	for i, r := range records {
		if r.Attrs.IsControl() {
			// The end of a transaction: a place in the log, and no record of anybody's.
			p.entries = append(p.entries, offsets.Entry{Offset: r.Offset, Epoch: r.LeaderEpoch})
			ends++
			continue
		}
		if room <= 0 {
			break
		}
		p.entries = append(p.entries, offsets.Entry{Offset: r.Offset, Epoch: r.LeaderEpoch, Bytes: offsets.RecordCharge(r)})
		before := len(p.ready)
		if !p.route(r) {
			p.entries = p.entries[:len(p.entries)-1]
			lacks = p.lacking(records[i:])
			break
		}
		e, deliveries := &p.entries[len(p.entries)-1], p.ready[before:]
		e.Pending = int32(len(deliveries)) //nolint:gosec // at most one for each destination
		if len(deliveries) > 1 {
			shared := delivery.NewCopies(len(deliveries))
			for j := range deliveries {
				deliveries[j].delivery.Copies = shared
			}
		}
		if len(deliveries) > 0 {
			room -= e.Bytes
		}
		if stint.over(p.work(r, len(deliveries))) {
			break
		}
	}
	p.group.Read(p.from.topic, len(p.entries)-ends)
	if len(p.entries) == 0 {
		return 0, lacks
	}
	first, ok := p.from.to.Register(p.entries)
	for i := range p.ready {
		at := &p.ready[i]
		d := at.delivery
		d.Origin, d.Resend, d.Ack, d.Seq = p.from.origin, p.from.again, p.from.to, first+uint64(at.entry) //nolint:gosec // an index
		switch {
		case !ok:
			d.Free()
		case at.lane >= 0:
			p.perLane[at.lane] = append(p.perLane[at.lane], d)
		default:
			p.deadLetter(at)
		}
	}
	clear(p.ready)
	for i, batch := range p.perLane {
		if len(batch) > 0 {
			p.lanes[i].Add(batch, now)
			clear(batch)
			p.perLane[i] = batch[:0]
		}
	}
	return len(p.entries), lacks
}

// route decides on one record and appends what is ready of its deliveries; false where the
// record has to wait.
func (p *Pipeline) route(r *kgo.Record) bool {
	ev, d, reach := &p.event, &p.decision, p.from.reach
	// What is for no destination is the concern of one group, once.
	ours := !p.Secondary && r.Offset >= reach.Default
	st, err := p.decide(r, p.from.origin, p.from.again, ev, d)
	if errors.Is(err, codec.ErrPending) {
		p.waits = &p.decider
		return false
	}
	if len(p.from.earlier) > 0 {
		if placed, err := p.routeEarlier(r, reach, ours, &st, err); placed || err != nil {
			return err == nil
		}
	}
	if p.To != nil && err == nil {
		p.add(ev, &st, *p.To)
		return true
	}
	if ours {
		if err == nil {
			p.rules.Decided(d)
		}
		p.addUnroutable(ev, &st, p.table, d, err)
	}
	for _, t := range targetsOf(d, err) {
		if p.Lanes[t.Destination] != nil && (p.Only == nil || p.Only(t)) && r.Offset >= reach.From(p.table.DestinationName(t.Destination)) {
			p.add(ev, &st, t)
		}
	}
	return true
}

// addUnroutable adds what becomes of a record that has no destination, or could not be decided on.
func (p *Pipeline) addUnroutable(ev *routing.Event, st *message.RecordInfo, by *routing.Table, d *routing.Decision, err error) {
	r := ev.Record
	if err != nil || d.Unread {
		p.group.Undecodable(r.Topic)
	}
	switch reason := WhyUnroutable(d, err); {
	case reason == "":
	case p.Unroutable != nil:
		p.Unroutable(reason)
	case err != nil:
		p.addDeadLetter(r, st, routed{reason: reason, why: err}, "")
	case d.Undecodable:
		p.addDeadLetter(r, st, routed{reason: reason, why: notJSON(ev)}, "")
	case reason == message.ReasonRuleError:
		first := d.Errors[0]
		p.addDeadLetter(r, st, routed{reason: reason, why: first.Err}, by.RuleName(first.Rule))
	case d.Outcome == routing.DeadLetter:
		p.addDeadLetter(r, st, routed{reason: reason, why: errUnmatched}, "")
	}
}

// add encodes one delivery by the current rules.
func (p *Pipeline) add(ev *routing.Event, st *message.RecordInfo, t routing.Target) {
	p.addBy(p.Encoder, ev, st, t, t.Destination)
}

// addBy encodes one delivery for a lane, of which lane is the index among all.
func (p *Pipeline) addBy(by *message.Encoder, ev *routing.Event, st *message.RecordInfo, t routing.Target, lane int) {
	d := delivery.New()
	d.Record = ev.Record
	if t.Rule >= 0 {
		d.Rule = by.Table.RuleName(t.Rule)
	}
	at := routed{delivery: d, entry: len(p.entries) - 1, lane: lane}
	made := st.Made
	own, err := by.Encode(&d.Message, ev, st, t)
	reason := message.ReasonEncode
	if err == nil && d.Message.Size > mostMessage {
		err, reason = errMostMessage, message.ReasonTooLarge
	}
	if err == nil {
		d.Charge = delivery.MessageCharge(&d.Message, own, &by.Destinations[t.Destination].Profile)
	} else {
		at.lane, at.destination, at.reason, at.why = -1, by.Destinations[t.Destination].Name, reason, err
		d.Charge = delivery.LetterCharge(ev.Record)
	}
	p.entries[at.entry].Bytes += d.Charge + st.Made - made
	p.ready = append(p.ready, at)
}

// mostMessage is far beyond what SQS and SNS take, 1 MiB and 256 KiB, and what they may be raised to: a
// message above it need not be kept until its destination says so.
const mostMessage = 4 << 20

var errMostMessage = fmt.Errorf("the message has more than %d MiB; SQS and SNS take 1 MiB at most", mostMessage>>20)

var errUnmatched = errors.New("no rule matched")

// addDeadLetter dead-letters a record that has no destination.
func (p *Pipeline) addDeadLetter(r *kgo.Record, st *message.RecordInfo, at routed, rule string) {
	at.delivery, at.entry, at.lane = delivery.New(), len(p.entries)-1, -1
	at.delivery.Record, at.delivery.Rule = r, rule
	at.delivery.Charge = delivery.LetterCharge(r)
	p.entries[at.entry].Bytes += at.delivery.Charge
	at.delivery.Message.CorrelationID = st.CorrelationID
	p.ready = append(p.ready, at)
}

// deadLetter hands over what has no lane to the dead letters.
func (p *Pipeline) deadLetter(at *routed) {
	if at.destination != "" {
		p.Observer.Lane(at.destination).DeadLettered()
	}
	p.Letters.Take(at.delivery, at.destination, at.reason, at.why)
}

// Backlog returns how many deliveries could leave at once if more requests were allowed; what waits
// for a retry or for a broken destination is not among them. It also says whether a lane that has
// been sending lately could send more than it has.
func (p *Pipeline) Backlog() (deliveries int, starving bool) {
	now := time.Now()
	p.each(func(l *delivery.Lane) {
		n, hungry := l.Backlog(now)
		deliveries, starving = deliveries+n, starving || hungry
	})
	return deliveries, starving
}

// Flush sends what is queued without waiting for requests to fill.
func (p *Pipeline) Flush() { p.each((*delivery.Lane).Flush) }

// Sweep throws away what is queued of assignments that have ended.
func (p *Pipeline) Sweep() {
	p.each((*delivery.Lane).Sweep)
	p.Letters.Sweep()
}

// Stranded returns how many deliveries of each assignment wait for a destination that is broken.
func (p *Pipeline) Stranded() map[offsets.Ack]int {
	waiting := map[offsets.Ack]int{}
	p.each(func(l *delivery.Lane) {
		for part, n := range l.Stranded() {
			waiting[part] += n
		}
	})
	p.Letters.Stranded(waiting)
	return waiting
}

// each goes through the lanes of the group, once each: that of its dead letters may be to a destination of another.
func (p *Pipeline) each(f func(*delivery.Lane)) {
	for _, l := range p.lanes {
		if l != nil {
			f(l)
		}
	}
	if l := p.Letters.Lane(); l != nil && !slices.Contains(p.lanes, l) {
		f(l)
	}
}
