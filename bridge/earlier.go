package bridge

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// Consumer groups read the same records at different times. Rules that change in between could have a
// record go nowhere: it moves from a destination whose group has not read it to one whose group has
// passed it; or to both, the other way round. So of what the foremost group had read when the rules
// changed, the earlier rules go on to decide where such a record goes, in all groups.

// EarlierOptions are rules that were replaced, and what else decided with them.
type EarlierOptions struct {
	Encoder        *Encoder
	Rules          []string
	Reading        func(topic string) Reading
	DropTombstones bool
	// Until returns where the foremost group was in a partition when they were replaced; 0 where none was.
	Until func(topic string, partition int32) int64
	// Was returns the consumer group that a destination had with them, and Home the one that it has had since,
	// or one that came since. That of "", of what has no destination, is the shared group.
	Was, Home func(destination string) string
}

// Earlier decides by rules that were replaced. It is part of one pipeline.
type Earlier struct {
	EarlierOptions
	decider

	matched, failed []prometheus.Counter // by rule
	now             []int                // the index in the table of now of each destination; -1: it is gone

	event    routing.Event
	decision routing.Decision
	err      error
	st       stamp
}

// newEarlier returns what decides by earlier rules in a pipeline whose metrics these are, and whose
// destinations have the indexes of now.
func newEarlier(o EarlierOptions, metrics *Metrics, index map[string]int) *Earlier {
	e := &Earlier{EarlierOptions: o, decider: newDecider(o.Encoder, o.Reading, o.DropTombstones)}
	for _, name := range o.Rules {
		e.matched = append(e.matched, metrics.matched.WithLabelValues(name))
		e.failed = append(e.failed, metrics.ruleErrors.WithLabelValues(name))
	}
	for i := range o.Encoder.destinations {
		now, ok := index[o.Encoder.destinations[i].Name]
		if !ok {
			now = -1
		}
		e.now = append(e.now, now)
	}
	return e
}

// earlierRules are those that decide on the records of one partition before offsets.
type earlierRules struct {
	*Earlier
	until int64
}

// earlierOf returns the earlier rules that may still decide on records of a partition, the oldest first.
func (p *Pipeline) earlierOf(part *Partition) []earlierRules {
	rules := p.deciding[:0]
	for _, e := range p.earlier {
		if until := e.Until(part.Topic, part.ID); until > 0 {
			rules = append(rules, earlierRules{e, until})
		}
	}
	p.deciding = rules
	return rules
}

// routeEarlier places a record as the rules say that were in force when the foremost group read it, where
// these and those of now say different groups; false where that is not so. It returns codec.ErrPending
// where the record has to wait.
func (p *Pipeline) routeEarlier(part *Partition, r *kgo.Record, reach Reach, ours bool, st *stamp, failed error) (bool, error) {
	for _, e := range p.deciding {
		if r.Offset >= e.until {
			continue
		}
		e.st, e.err = e.decide(r, part.Origin, &e.event, &e.decision)
		if errors.Is(e.err, codec.ErrPending) {
			p.waits = &e.decider
			return false, e.err
		}
		if !p.moved(e.Earlier, failed) {
			return false, nil
		}
		p.placeEarlier(e.Earlier, r, reach, ours, st, failed)
		return true, nil
	}
	return false, nil
}

// homeless says whether a record has no destination, and becomes a dead letter.
func homeless(d *routing.Decision, err error) bool {
	return err != nil || d.Outcome == routing.DeadLetter
}

// targetsOf returns the targets of a decision.
func targetsOf(d *routing.Decision, err error) []routing.Target {
	if err != nil || d.Outcome != routing.Routed {
		return nil
	}
	return d.Targets
}

// moved says whether a record goes from one group to another by the rules of now.
func (p *Pipeline) moved(e *Earlier, failed error) bool {
	was, is := targetsOf(&e.decision, e.err), targetsOf(&p.decision, failed)
	wasLetter, isLetter := homeless(&e.decision, e.err), homeless(&p.decision, failed)
	// Whose is a destination that changes hands itself: both of its groups may be elsewhere.
	elsewhere := func(destination, from string) bool {
		return e.Was(destination) != from || e.Home(destination) != from
	}
	comes := func(from string) bool {
		if isLetter && !wasLetter && elsewhere("", from) {
			return true
		}
		for _, t := range is {
			if !e.had(was, t.Destination) && elsewhere(p.table.DestinationName(t.Destination), from) {
				return true
			}
		}
		return false
	}
	if wasLetter && !isLetter && comes(e.Was("")) {
		return true
	}
	for _, t := range was {
		switch now := e.now[t.Destination]; {
		case now >= 0 && has(is, now):
		case now < 0 && !e.shared(t): // its group is gone as well: nobody reads on for it
		case comes(e.Was(e.table.DestinationName(t.Destination))):
			return true
		}
	}
	return false
}

// had says whether a destination, by its index of now, is among the earlier targets.
func (e *Earlier) had(was []routing.Target, destination int) bool {
	for _, t := range was {
		if e.now[t.Destination] == destination {
			return true
		}
	}
	return false
}

func has(targets []routing.Target, destination int) bool {
	for _, t := range targets {
		if t.Destination == destination {
			return true
		}
	}
	return false
}

// shared says whether it was the shared group that sent to a target: that of what has no destination.
func (e *Earlier) shared(t routing.Target) bool {
	return e.Was(e.table.DestinationName(t.Destination)) == e.Was("")
}

// placeEarlier places what the earlier rules say. Where a destination is gone that this group sent to, this
// group sends what it has not read yet where the rules of now say, also to those of other groups.
func (p *Pipeline) placeEarlier(e *Earlier, r *kgo.Record, reach Reach, ours bool, st *stamp, failed error) {
	if ours {
		if e.err == nil {
			countRules(p.Metrics, e.table, &e.decision, e.matched, e.failed)
		}
		p.placeHomeless(r, &e.st, e.table, &e.decision, e.err)
	}
	replace := false
	for _, t := range targetsOf(&e.decision, e.err) {
		name := e.table.DestinationName(t.Destination)
		if r.Offset < reach.from(name) {
			continue
		}
		now := e.now[t.Destination]
		switch {
		case now < 0:
			replace = replace || e.shared(t) && !p.Secondary
		case p.lanes[now] != nil:
			p.placeBy(e.Encoder, &e.event, &e.st, t, now)
		}
	}
	if !replace {
		return
	}
	if ours {
		p.placeHomeless(r, st, p.table, &p.decision, failed)
	}
	for _, t := range targetsOf(&p.decision, failed) {
		lane := t.Destination
		if e.had(e.decision.Targets, lane) {
			continue
		}
		if p.lanes[lane] == nil {
			lane += len(p.Lanes)
		}
		if p.lanes[lane] != nil {
			p.placeBy(p.Encoder, &p.event, st, t, lane)
		}
	}
}
