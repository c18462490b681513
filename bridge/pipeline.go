package bridge

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// PipelineOptions say what a consumer group does with what it reads.
type PipelineOptions struct {
	// Group is the consumer group, for metrics.
	Group string
	Table *routing.Table
	// Correlation finds a record's correlation id.
	Correlation *routing.Correlation
	Encoder     *Encoder
	// Lanes by destination, as indexed in the table; nil where another consumer group sends.
	Lanes []*Lane
	// Format returns how values of a topic are read.
	Format func(topic string) codec.Format
	// DropTombstones settles records without a value, unsent.
	DropTombstones bool
	// Secondary is set for the group of an isolated destination: what is not for it is not its
	// concern, neither to count nor to dead-letter.
	Secondary bool
	Letters   *DeadLetters
	Metrics   *Metrics
}

// Pipeline decodes, routes and encodes records and hands them to the lanes. It does no I/O and
// never blocks on a destination. One goroutine at a time calls Accept.
type Pipeline struct {
	PipelineOptions

	topics  map[string]*topicState
	matched []prometheus.Counter // by rule
	failed  []prometheus.Counter

	// Memory for one call of Accept, reused by the next.
	event    routing.Event
	decision routing.Decision
	stamp    []byte
	entries  []settling
	placed   []placement
	perLane  [][]*delivery
}

// topicState is what is looked up once for a topic.
type topicState struct {
	format   codec.Format
	read     bool // rules or expressions look into the value
	consumed prometheus.Counter
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
func NewPipeline(opts PipelineOptions, rules []string) *Pipeline {
	p := &Pipeline{PipelineOptions: opts, topics: map[string]*topicState{}, perLane: make([][]*delivery, len(opts.Lanes))}
	for _, name := range rules {
		p.matched = append(p.matched, opts.Metrics.matched.WithLabelValues(name))
		p.failed = append(p.failed, opts.Metrics.ruleErrors.WithLabelValues(name))
	}
	return p
}

// Accept takes what a poll returned for one partition, in order. The records may be garbage once
// everything that came of them is settled.
func (p *Pipeline) Accept(part *Partition, records []*kgo.Record) {
	now := time.Now()
	topic := p.topic(part.Topic)
	topic.consumed.Add(float64(len(records)))
	p.entries, p.placed = p.entries[:0], p.placed[:0]
	for _, r := range records {
		p.entries = append(p.entries, settling{offset: r.Offset, epoch: r.LeaderEpoch, bytes: recordBytes(r)})
		before := len(p.placed)
		p.route(part, topic, r)
		p.entries[len(p.entries)-1].pending = int32(len(p.placed) - before)
	}
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
			p.Letters.bury(d, at.destination, at.reason, at.why)
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
}

// route decides on one record and appends a placement for each of its deliveries.
func (p *Pipeline) route(part *Partition, topic *topicState, r *kgo.Record) {
	if p.DropTombstones && len(r.Value) == 0 {
		p.count(func() { p.Metrics.dropped.WithLabelValues("").Inc() })
		return
	}
	ev, d := &p.event, &p.decision
	*ev = routing.Event{Record: r, Value: codec.Decode(topic.format, r.Value, topic.read)}
	correlation := p.Correlation.Find(ev)
	var st stamp
	st, p.stamp = newStamp(r, part.Origin, correlation, p.stamp)
	ev.CorrelationID = st.correlationID
	p.Table.Route(ev, d)
	p.count(p.countRules)
	switch d.Outcome {
	case routing.Routed:
		for _, t := range d.Targets {
			if p.Lanes[t.Destination] != nil {
				p.place(ev, &st, t)
			}
		}
	case routing.DeadLetter:
		p.placeLetter(r, &st, d)
	case routing.Unmatched, routing.Dropped:
	}
}

// place encodes one delivery.
func (p *Pipeline) place(ev *routing.Event, st *stamp, t routing.Target) {
	d := newDelivery()
	d.record = ev.Record
	if t.Rule >= 0 {
		d.rule = p.Table.RuleName(t.Rule)
	}
	at := placement{delivery: d, entry: len(p.entries) - 1, lane: t.Destination}
	if err := p.Encoder.encode(&d.message, ev, st, t); err != nil {
		at.lane, at.destination, at.reason, at.why = -1, p.Table.DestinationName(t.Destination), ReasonEncode, err
	}
	p.placed = append(p.placed, at)
}

var errUnmatched = errors.New("no rule matched")

// placeLetter dead-letters a record for which the rules found no destination.
func (p *Pipeline) placeLetter(r *kgo.Record, st *stamp, d *routing.Decision) {
	if p.Secondary {
		return
	}
	at := placement{delivery: newDelivery(), entry: len(p.entries) - 1, lane: -1, reason: ReasonUnmatched, why: errUnmatched}
	at.delivery.record = r
	at.delivery.message.Attributes = append(at.delivery.attrs[:0], Attribute{attrCorrelation, st.correlationID})
	if len(d.Errors) > 0 {
		first := d.Errors[0]
		at.reason, at.why = ReasonRuleError, first.Err
		at.delivery.rule = p.Table.RuleName(first.Rule)
	}
	p.placed = append(p.placed, at)
}

// count calls f where this group is the one that counts what rules decide.
func (p *Pipeline) count(f func()) {
	if !p.Secondary {
		f()
	}
}

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
		p.Metrics.dropped.WithLabelValues(p.Table.RuleName(d.Matched[len(d.Matched)-1])).Inc()
	case len(d.Matched) == 0:
		p.Metrics.unmatched.Inc()
	}
}

func (p *Pipeline) topic(name string) *topicState {
	t := p.topics[name]
	if t == nil {
		t = &topicState{
			format:   p.Format(name),
			read:     p.Table.NeedsValue(name) || p.Correlation.NeedsValue(),
			consumed: p.Metrics.consumed.WithLabelValues(p.Group, name),
		}
		p.topics[name] = t
	}
	return t
}

// Flush sends what is queued without waiting for requests to fill.
func (p *Pipeline) Flush() { p.each((*Lane).Flush) }

// Sweep throws away what is queued of assignments that have ended.
func (p *Pipeline) Sweep() { p.each((*Lane).Sweep) }

func (p *Pipeline) each(f func(*Lane)) {
	for _, l := range p.Lanes {
		if l != nil {
			f(l)
		}
	}
}

// recordOverhead is what a record costs in memory besides its bytes, about: its own structure, a
// delivery, and their places in queues.
const recordOverhead = 1024

// recordBytes returns what a record counts against the in-flight limit.
func recordBytes(r *kgo.Record) int64 {
	n := recordOverhead + len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return int64(n)
}
