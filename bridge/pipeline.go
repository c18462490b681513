package bridge

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// PipelineOptions say what a consumer group does with what it reads.
type PipelineOptions struct {
	// Group is the consumer group, for metrics.
	Group   string
	Encoder *Encoder
	// Rules are the names of the table's rules, for metrics.
	Rules []string
	// Lanes by destination, as indexed in the table; nil where another consumer group sends.
	Lanes []*Lane
	// Reading returns how the values of a topic are read.
	Reading func(topic string) Reading
	// DropTombstones settles records without a value, unsent.
	DropTombstones bool
	// Secondary is set for the group of an isolated destination: what is not for it is not its
	// concern, neither to count nor to dead-letter.
	Secondary bool
	// To is where every record goes, whatever the rules say; nil: where they say.
	To *routing.Target
	// Only says which of the targets are sent to; nil: all.
	Only func(routing.Target) bool
	// Homeless is told of each record that has no destination and is not dropped by a rule, instead of
	// the dead letters; nil: those take what is theirs.
	Homeless func(Reason)
	Letters  *DeadLetters
	Metrics  *Metrics
}

// Pipeline decodes, routes and encodes records and hands them to the lanes. It does no I/O and
// never blocks on a destination. One goroutine at a time calls Accept.
type Pipeline struct {
	PipelineOptions
	decider

	consumed map[string]prometheus.Counter // by topic
	matched  []prometheus.Counter          // by rule
	failed   []prometheus.Counter

	// Memory for one call of Accept, reused by the next.
	event    routing.Event
	decision routing.Decision
	entries  []settling
	placed   []placement
	perLane  [][]*delivery
}

// placement is a delivery on its way to a lane; lane -1: to the dead letters, for why.
type placement struct {
	delivery *delivery
	entry    int // index of its record among the entries
	lane     int
	// Of a dead letter.
	destination string
	reason      Reason
	why         error
}

// NewPipeline returns a pipeline.
func NewPipeline(opts PipelineOptions) *Pipeline {
	p := &Pipeline{
		PipelineOptions: opts,
		decider:         newDecider(opts.Encoder, opts.Reading, opts.DropTombstones),
		consumed:        map[string]prometheus.Counter{},
		perLane:         make([][]*delivery, len(opts.Lanes)),
	}
	for _, name := range opts.Rules {
		p.matched = append(p.matched, opts.Metrics.matched.WithLabelValues(name))
		p.failed = append(p.failed, opts.Metrics.ruleErrors.WithLabelValues(name))
	}
	p.expectDrops()
	return p
}

// expectDrops begins the counts of what may be dropped at zero: the first increase of a series that
// was not there before is not seen.
func (p *Pipeline) expectDrops() {
	if p.Secondary {
		return
	}
	for _, rule := range p.table.Dropping() {
		p.Metrics.dropped.WithLabelValues(rule)
	}
	if p.DropTombstones {
		p.Metrics.dropped.WithLabelValues("")
	}
}

// Accept takes what a poll returned for one partition, in order, and returns how many records it
// took; the others are to be offered again. It stops when it has worked for a slice of time, where the
// window is full, and at a record that has to wait for its schema: lacks names that and those of the
// records behind it, which are fetched meanwhile. The records may be garbage once everything that came of
// them is settled.
func (p *Pipeline) Accept(part *Partition, records []*kgo.Record) (taken int, lacks string) {
	now, reach := time.Now(), part.Reach()
	stint := stint{began: now}
	p.entries, p.placed = p.entries[:0], p.placed[:0]
	ends, room := 0, part.window.room()
	for i, r := range records {
		if r.Attrs.IsControl() {
			// The end of a transaction: a place in the log, and no record of anybody's.
			p.entries = append(p.entries, settling{offset: r.Offset, epoch: r.LeaderEpoch})
			ends++
			continue
		}
		if room <= 0 {
			break
		}
		p.entries = append(p.entries, settling{offset: r.Offset, epoch: r.LeaderEpoch, bytes: recordCharge(r)})
		before := len(p.placed)
		if !p.route(part, r, reach) {
			p.entries = p.entries[:len(p.entries)-1]
			lacks = p.lacking(records[i:])
			break
		}
		e, deliveries := &p.entries[len(p.entries)-1], p.placed[before:]
		e.pending = int32(len(deliveries))
		if len(deliveries) > 1 {
			share(deliveries)
		}
		if len(deliveries) > 0 {
			room -= e.bytes
		}
		if stint.over(p.work(r, len(deliveries))) {
			break
		}
	}
	p.count(part.Topic, len(p.entries)-ends)
	first, ok := part.register(p.entries)
	for i := range p.placed {
		at := &p.placed[i]
		d := at.delivery
		d.part, d.seq = part, first+uint64(at.entry)
		switch {
		case !ok:
			d.free()
		case at.lane >= 0:
			p.perLane[at.lane] = append(p.perLane[at.lane], d)
		default:
			p.bury(at)
		}
	}
	clear(p.placed)
	for i, batch := range p.perLane {
		if len(batch) > 0 {
			p.Lanes[i].add(batch, now)
			clear(batch)
			p.perLane[i] = batch[:0]
		}
	}
	return len(p.entries), lacks
}

// route decides on one record and appends a placement for each of its deliveries; false where the
// record has to wait.
func (p *Pipeline) route(part *Partition, r *kgo.Record, reach Reach) bool {
	ev, d := &p.event, &p.decision
	// What is for no destination is the concern of one group, once.
	ours := !p.Secondary && r.Offset >= reach.Rest
	st, err := p.decide(r, part.Origin, ev, d)
	if err != nil {
		if errors.Is(err, codec.ErrPending) {
			return false
		}
		if ours {
			p.placeLetter(r, &st, placement{reason: ReasonUndecodable, why: err}, "")
		}
		return true
	}
	if p.To != nil {
		p.place(ev, &st, *p.To)
		return true
	}
	if ours {
		p.countRules()
	}
	switch d.Outcome {
	case routing.Routed:
		for _, t := range d.Targets {
			if p.Lanes[t.Destination] != nil && (p.Only == nil || p.Only(t)) && r.Offset >= reach.from(p.table.DestinationName(t.Destination)) {
				p.place(ev, &st, t)
			}
		}
	case routing.DeadLetter:
		if !ours {
			break
		}
		if len(d.Errors) > 0 {
			first := d.Errors[0]
			p.placeLetter(r, &st, placement{reason: ReasonRuleError, why: first.Err}, p.table.RuleName(first.Rule))
			break
		}
		p.placeLetter(r, &st, placement{reason: ReasonUnmatched, why: errUnmatched}, "")
	case routing.Unmatched:
		if p.Homeless != nil {
			p.Homeless(ReasonUnmatched)
		}
	case routing.Dropped:
	}
	return true
}

// place encodes one delivery.
func (p *Pipeline) place(ev *routing.Event, st *stamp, t routing.Target) {
	d := newDelivery()
	d.record = ev.Record
	if t.Rule >= 0 {
		d.rule = p.table.RuleName(t.Rule)
	}
	at := placement{delivery: d, entry: len(p.entries) - 1, lane: t.Destination}
	made := st.made
	own, err := p.Encoder.encode(&d.message, ev, st, t)
	reason := ReasonEncode
	if err == nil && d.message.Size > mostMessage {
		err, reason = errMostMessage, ReasonTooLarge
	}
	if err == nil {
		d.charge = messageCharge(&d.message, own, p.Encoder.destinations[t.Destination].Service)
	} else {
		at.lane, at.destination, at.reason, at.why = -1, p.table.DestinationName(t.Destination), reason, err
		d.charge = letterCharge(ev.Record)
	}
	p.entries[at.entry].bytes += d.charge + st.made - made
	p.placed = append(p.placed, at)
}

// mostMessage is far beyond what SQS and SNS take, 1 MiB and 256 KiB, and what they may be raised to: a
// message above it need not be kept until its destination says so.
const mostMessage = 4 << 20

var errMostMessage = fmt.Errorf("the message has more than %d MiB; SQS and SNS take 1 MiB at most", mostMessage>>20)

var errUnmatched = errors.New("no rule matched")

// placeLetter dead-letters a record that has no destination.
func (p *Pipeline) placeLetter(r *kgo.Record, st *stamp, at placement, rule string) {
	if p.Homeless != nil {
		p.Homeless(at.reason)
		return
	}
	at.delivery, at.entry, at.lane = newDelivery(), len(p.entries)-1, -1
	at.delivery.record, at.delivery.rule = r, rule
	at.delivery.charge = letterCharge(r)
	p.entries[at.entry].bytes += at.delivery.charge
	at.delivery.message.Attributes = append(at.delivery.attrs[:0], Attribute{attrCorrelation, st.correlationID})
	p.placed = append(p.placed, at)
}

// bury hands a placement without a lane to the dead letters.
func (p *Pipeline) bury(at *placement) {
	if at.destination != "" {
		p.Metrics.deliveries.WithLabelValues(at.destination, outcomeDeadLettered).Inc()
	}
	p.Letters.bury(at.delivery, at.destination, at.reason, at.why)
}

// countRules counts what the rules decided.
func (p *Pipeline) countRules() {
	d := &p.decision
	for _, i := range d.Matched {
		p.matched[i].Inc()
	}
	for _, e := range d.Errors {
		p.failed[e.Rule].Inc()
	}
	switch {
	case d.Outcome == routing.Dropped:
		rule := "" // the tombstone policy
		if n := len(d.Matched); n > 0 {
			rule = p.table.RuleName(d.Matched[n-1])
		}
		p.Metrics.dropped.WithLabelValues(rule).Inc()
	case len(d.Matched) == 0:
		p.Metrics.unmatched.Inc()
	}
}

// count counts records that were taken.
func (p *Pipeline) count(topic string, records int) {
	c := p.consumed[topic]
	if c == nil {
		c = p.Metrics.consumed.WithLabelValues(p.Group, topic)
		p.consumed[topic] = c
	}
	c.Add(float64(records))
}

// Backlog returns how many deliveries could leave at once if more requests were allowed; what waits
// for a retry or for a broken destination is not among them. It also says whether a lane that has
// been sending lately could send more than it has.
func (p *Pipeline) Backlog() (deliveries int, starving bool) {
	now := time.Now()
	p.each(func(l *Lane) {
		n, hungry := l.backlog(now)
		deliveries, starving = deliveries+n, starving || hungry
	})
	return deliveries, starving
}

// Flush sends what is queued without waiting for requests to fill.
func (p *Pipeline) Flush() { p.each((*Lane).Flush) }

// Sweep throws away what is queued of assignments that have ended.
func (p *Pipeline) Sweep() {
	p.each((*Lane).Sweep)
	p.Letters.sweep()
}

// Stranded returns how many deliveries of each assignment wait for a destination that is broken.
func (p *Pipeline) Stranded() map[*Partition]int {
	waiting := map[*Partition]int{}
	p.each(func(l *Lane) {
		for part, n := range l.Stranded() {
			waiting[part] += n
		}
	})
	p.Letters.stranded(waiting)
	return waiting
}

func (p *Pipeline) each(f func(*Lane)) {
	for _, l := range p.Lanes {
		if l != nil {
			f(l)
		}
	}
}
