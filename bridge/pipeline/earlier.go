package pipeline

import (
	"errors"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Destinations get the same records at different times: each consumer group reads for itself, and the shared one
// may be behind with one that it has taken back. Rules that change in between could have a record go nowhere: it
// moves from a destination that has not had it to one that is past it; or to both, the other way round. So of what
// somebody had read when the rules changed, the earlier rules decide on where such a record goes, in all groups.
//
// All groups find that out for themselves and alike: they take the rules in the order in which they were in
// force, and hold on to what was said where the next rules move the record (agreed).

// EarlierOptions are rules that were replaced, and what else decided with them.
type EarlierOptions struct {
	Encoder        *message.Encoder
	Reading        func(topic string) Reading
	DropTombstones bool
	// Until returns the offset below which somebody had read a partition when they were replaced; 0 where nobody had.
	Until func(*offsets.Tracker) int64
}

// Earlier decides by rules that were replaced. It is part of one pipeline.
type Earlier struct {
	EarlierOptions
	decider

	rules *telemetry.Rules
	slots []int // of its destinations; none where nobody reads on for one

	until    int64 // in the partition at hand
	event    routing.Event
	decision routing.Decision
	err      error
	st       message.RecordInfo
	said     []sending
}

// slot is what a record can go to: a current destination by its index, then the dead letters, then destinations of
// the shared group that are gone.
type slot struct {
	name  string // "" for the dead letters
	alone bool   // it has, or had, a consumer group of its own
}

// none is the slot of a destination that is gone with its group.
const none = -1

// sending is one thing that is to become of a record.
type sending struct {
	slot   int
	by     *Earlier // nil: the current rules
	target routing.Target
}

// newEarlier fills in what decides by earlier rules, and the slots.
func (p *Pipeline) newEarlier() {
	if len(p.Earlier) == 0 {
		return
	}
	now := p.Encoder.Destinations
	for i := range now {
		p.slots = append(p.slots, slot{now[i].Name, now[i].Isolated})
	}
	p.slots = append(p.slots, slot{})
	for i, o := range p.Earlier {
		e := &Earlier{EarlierOptions: o, decider: newDecider(o.Encoder, o.Reading, o.DropTombstones), rules: p.Observer.Rules(o.Encoder.Table)}
		was := slices.Clone(o.Encoder.Destinations)
		for j := range was {
			at := heir(&was[j], o.Encoder.Destinations, now)
			if at == none {
				at = p.gone(was[j].Name, p.Earlier[i:])
			} else {
				was[j].LeadTo(&now[at])
			}
			if at != none {
				p.slots[at].alone = p.slots[at].alone || was[j].Isolated
			}
			e.slots = append(e.slots, at)
		}
		e.Encoder = message.NewEncoder(o.Encoder.Table, o.Encoder.Correlation, was)
		p.earlier = append(p.earlier, e)
	}
}

// heir returns the index, among the current destinations, of that which gets what another was to get: of its name,
// or of its place where that has another name now and did not have a group of its own beside it.
func heir(d *message.Destination, was, now []message.Destination) int {
	named := slices.IndexFunc(now, func(n message.Destination) bool { return n.Name == d.Name })
	if named >= 0 && now[named].Resource.Same(d.Resource) {
		return named
	}
	renamed := slices.IndexFunc(now, func(n message.Destination) bool {
		return n.Resource.Same(d.Resource) && !slices.ContainsFunc(was, func(w message.Destination) bool { return w.Name == n.Name && w.Isolated })
	})
	if renamed >= 0 {
		return renamed
	}
	return named
}

// gone returns the slot of a destination that is no more; none where it went with a group of its own. That is for
// the last of the plans to say that had it.
func (p *Pipeline) gone(name string, plans []EarlierOptions) int {
	isolated := false
	for _, o := range plans {
		for i := range o.Encoder.Destinations {
			if d := &o.Encoder.Destinations[i]; d.Name == name {
				isolated = d.Isolated
			}
		}
	}
	if isolated {
		return none
	}
	for i := p.deadLetterSlot() + 1; i < len(p.slots); i++ {
		if p.slots[i].name == name {
			return i
		}
	}
	p.slots = append(p.slots, slot{name: name})
	return len(p.slots) - 1
}

// deadLetterSlot is the slot of the dead letters.
func (p *Pipeline) deadLetterSlot() int { return len(p.Encoder.Destinations) }

// earlierOf returns the earlier rules that may still decide on records of a partition, the oldest first.
func (p *Pipeline) earlierOf(part *offsets.Tracker) []*Earlier {
	rules := p.from.earlier[:0]
	for _, e := range p.earlier {
		if e.until = e.Until(part); e.until > 0 {
			rules = append(rules, e)
		}
	}
	return rules
}

// routeEarlier adds the deliveries of a record that earlier rules still have a say in; false where it is for the current ones
// alone. It returns codec.ErrPending where the record has to wait.
func (p *Pipeline) routeEarlier(r *kgo.Record, reach progress.Progress, ours bool, st *message.RecordInfo, failed error) (bool, error) {
	p.agreed = p.agreed[:0]
	for _, e := range p.from.earlier {
		if r.Offset >= e.until {
			continue // nobody has read it by these
		}
		e.st, e.err = e.decide(r, p.from.origin, p.from.again, &e.event, &e.decision)
		if errors.Is(e.err, codec.ErrPending) {
			p.waits = &e.decider
			return false, e.err
		}
		e.said = e.said[:0]
		for _, t := range targetsOf(&e.decision, e.err) {
			if at := e.slots[t.Destination]; at != none && !goesTo(e.said, at) {
				e.said = append(e.said, sending{at, e, t})
			}
		}
		if isUnroutable(&e.decision, e.err) {
			e.said = append(e.said, sending{slot: p.deadLetterSlot(), by: e})
		}
		p.agree(e.said, r.Offset, reach)
	}
	if len(p.agreed) == 0 {
		return false, nil
	}
	p.said = p.sayNow(p.said[:0], failed)
	p.agree(p.said, r.Offset, reach)
	all := p.agreed[len(p.agreed)-1]
	if !slices.ContainsFunc(all, func(s sending) bool { return s.by != nil }) {
		return false, nil
	}
	p.addAgreed(all, r, reach, ours, st, failed)
	return true, nil
}

// sayNow appends what the current rules say.
func (p *Pipeline) sayNow(to []sending, failed error) []sending {
	for _, t := range targetsOf(&p.decision, failed) {
		to = append(to, sending{slot: t.Destination, target: t})
	}
	if isUnroutable(&p.decision, failed) {
		to = append(to, sending{slot: p.deadLetterSlot()})
	}
	return to
}

// agree adds what becomes of a record when rules are replaced by others that say next. That is next, unless it moves
// the record from what it was to go to before: that holds on then. What it was to go to before rules that sent
// it nowhere, it goes to as well.
func (p *Pipeline) agree(next []sending, offset int64, reach progress.Progress) {
	moves := slices.ContainsFunc(p.agreed, func(before []sending) bool { return p.moves(before, next, offset, reach) })
	switch last := len(p.agreed) - 1; {
	case !moves:
		p.agreed = append(p.agreed, next)
	case len(p.agreed[last]) == 0:
		for len(p.agreed[last]) == 0 {
			last--
		}
		p.agreed = append(p.agreed, union(p.agreed[last], next))
	}
}

// moves says whether a record leaves one thing and comes to another that does not get records at the same time.
func (p *Pipeline) moves(before, next []sending, offset int64, reach progress.Progress) bool {
	for _, leaves := range before {
		if goesTo(next, leaves.slot) {
			continue
		}
		for _, comes := range next {
			if !goesTo(before, comes.slot) && !p.together(leaves.slot, comes.slot, offset, reach) {
				return true
			}
		}
	}
	return false
}

// together says whether two slots get a record at the same time: by the shared group, which is past it for both
// or for neither.
func (p *Pipeline) together(a, b int, offset int64, reach progress.Progress) bool {
	if p.slots[a].alone || p.slots[b].alone {
		return false
	}
	return offset < reach.From(p.slots[a].name) == (offset < reach.From(p.slots[b].name))
}

func goesTo(all []sending, slot int) bool {
	return slices.ContainsFunc(all, func(s sending) bool { return s.slot == slot })
}

func union(a, b []sending) []sending {
	all := slices.Clone(a)
	for _, s := range b {
		if !goesTo(a, s.slot) {
			all = append(all, s)
		}
	}
	return all
}

// isUnroutable says whether a record has no destination, and becomes a dead letter.
func isUnroutable(d *routing.Decision, err error) bool {
	return err != nil || d.Outcome == routing.DeadLetter
}

// targetsOf returns the targets of a decision.
func targetsOf(d *routing.Decision, err error) []routing.Target {
	if err != nil || d.Outcome != routing.Routed {
		return nil
	}
	return d.Targets
}

// laneTo returns the lane for what earlier rules send to a destination. Where the current ones send to the same FIFO queue
// by another, that takes it: what follows goes there, and one lane keeps the order.
func (p *Pipeline) laneTo(at int) int {
	d := &p.Encoder.Destinations[at]
	if !d.FIFO || goesTo(p.said, at) {
		return at
	}
	for _, s := range p.said {
		if s.slot < p.deadLetterSlot() && p.Lanes[s.slot] != nil && p.Encoder.Destinations[s.slot].Resource.Same(d.Resource) {
			return s.slot
		}
	}
	return at
}

// addAgreed adds what was agreed on, as far as it is for this group. Where a destination is gone, the shared
// group sends what it has not read yet where the current rules say, also to destinations of other groups.
func (p *Pipeline) addAgreed(all []sending, r *kgo.Record, reach progress.Progress, ours bool, st *message.RecordInfo, failed error) {
	replaced := false
	for i, s := range all {
		e := s.by
		if ours && e != nil && (i == 0 || all[i-1].by != e) {
			if e.err == nil {
				e.rules.Decided(&e.decision)
			}
			p.addUnroutable(&e.event, &e.st, e.table, &e.decision, e.err)
		}
		switch {
		case s.slot == p.deadLetterSlot():
			if ours && e == nil {
				p.addUnroutable(&p.event, st, p.table, &p.decision, failed)
			}
		case r.Offset < reach.From(p.slots[s.slot].name):
		case s.slot > p.deadLetterSlot():
			replaced = replaced || !p.Secondary
		case p.Lanes[s.slot] == nil: // another group's
		case e == nil:
			p.add(&p.event, st, s.target)
		default:
			p.addBy(e.Encoder, &e.event, &e.st, s.target, p.laneTo(s.slot))
		}
	}
	if !replaced {
		return
	}
	for _, s := range p.said {
		switch lane := s.slot; {
		case goesTo(all, lane):
		case lane == p.deadLetterSlot():
			if ours {
				p.addUnroutable(&p.event, st, p.table, &p.decision, failed)
			}
		case p.lanes[lane] != nil:
			p.add(&p.event, st, s.target)
		case p.lanes[lane+len(p.Lanes)] != nil:
			p.addBy(p.Encoder, &p.event, st, s.target, lane+len(p.Lanes))
		}
	}
}
