package simulate

import (
	"slices"
	"time"
)

// mostRefusals is how often something may refuse a message alone, while others pass, before that is dead
// (docs/operations.md, "When one message is refused").
const mostRefusals = 5

// answerWithin is how long after a fault a request may fail that met it.
const answerWithin = 20 * time.Second

// limitOld and limitOldest are how old, beside that, may be what is known of a limit, and what is of one that cannot be
// looked up (docs/operations.md, "When a size limit changes").
const (
	limitOld    = 20 * time.Second
	limitOldest = 70 * time.Second
)

// called says whether a record was to go to a destination of a name, and such a one, under any configuration that may
// have been in force for it.
func (l *ledger) called(r *record, name string, such func(*Setup, *Destination) bool) bool {
	return slices.ContainsFunc(l.window(r), func(s *Setup) bool {
		return s.shows(r) && slices.Contains(s.fate(r).to, name) && such(s, s.destination(name))
	}) || slices.ContainsFunc(l.runs, func(run *redriving) bool {
		d := run.setup.destination(name)
		return d != nil && such(run.setup, d)
	})
}

// mayBury judges the reason why a record is a dead letter for a destination: of what services say, there has to
// be somebody who said it.
func (l *ledger) mayBury(r *record, letter letter) {
	may := func(*Setup, *Destination) bool { return false }
	met := l.mayHaveMet(r, letter.when)
	switch letter.reason {
	case "rejected":
		// A limit that the bridge does not know yet the service tells, for one message after the other.
		may = func(_ *Setup, d *Destination) bool {
			return r.poisoned[d.Place] > 0 || r.doubted[d.Place] >= mostRefusals || l.lowered(d.Place, met)
		}
	case "too_large":
		may = func(s *Setup, d *Destination) bool {
			return l.tooLarge(s, r, d) || r.shorn[d.Place] || l.limitKnown(d.Place, met) ||
				r.replayed && l.above(s, r, d, min(l.limits[d.Place], mostMessage)-replayedSize)
		}
	case "gave_up":
		may = func(_ *Setup, d *Destination) bool {
			return d.GiveUp > 0 && letter.when.Sub(r.at) >= d.GiveUp && l.faultyBy(d.Place, met,
				func(f *fault) bool { return f.nature == passing || f.nature == slowing }) != nil
		}
	}
	if !l.called(r, letter.destination, may) {
		l.violate("dead letters", "record %s is dead for %q, and nothing explains the reason %s", r, letter.destination, letter.reason)
	}
}

// lowered says whether a place has taken smaller messages only at any time since one.
func (l *ledger) lowered(place string, since time.Time) bool {
	return l.faultyBy(place, since, func(f *fault) bool { return f.what == "lower limit" }) != nil
}

// limitKnown says whether a place may be taken to take smaller messages only, at any time since one.
func (l *ledger) limitKnown(place string, since time.Time) bool {
	another := l.faultyBy(place, since.Add(-limitOldest), func(f *fault) bool { return f.what != "lower limit" }) != nil
	return l.lowered(place, since.Add(-limitOld)) || another && l.lowered(place, since.Add(-limitOldest))
}

// mayHaveMet is since when a request may have met what made a record the dead letter that was written at a time: a
// letter waits for as long as the place where such go takes none.
func (l *ledger) mayHaveMet(r *record, written time.Time) time.Time {
	if l.letterWaits(r) {
		return r.at
	}
	since, held := written.Add(-answerWithin), l.lettersHeld()
	for {
		i := slices.IndexFunc(held, func(s span) bool { return s.from.Add(-answerWithin).Before(since) && !s.to.Before(since) })
		if i < 0 {
			return since
		}
		since = held[i].from.Add(-answerWithin)
	}
}

// lettersHeld are the times for which dead letters may have waited.
func (l *ledger) lettersHeld() (held []span) {
	until := func(t time.Time) time.Time {
		if t.IsZero() {
			return time.Now()
		}
		return t.Add(flowWithin)
	}
	for _, h := range l.happenings {
		if h.letters {
			held = append(held, span{h.from, h.to})
		}
	}
	for i := range l.reigns {
		g := &l.reigns[i]
		d := g.setup.destination(g.setup.Letters)
		if d == nil {
			continue
		}
		if d.Wrong {
			held = append(held, span{g.from, until(g.to)})
		}
		for _, f := range l.faults {
			if l.concerns(f, d.Place) {
				held = append(held, span{f.from, until(f.to)})
			}
		}
	}
	return held
}

// overtaken says whether later messages of its group may be at a place before a record: where it was refused as
// one of several messages of a request, where it was to be a dead letter, and was read again before that was
// written, and where it was aborted, and nobody was to see it before a reload.
func (l *ledger) overtaken(r *record, place string) bool {
	if r.overtaken[place] || r.txn != nil && r.txn.state == "aborted" && slices.ContainsFunc(l.window(r), func(s *Setup) bool { return !s.Uncommitted }) {
		return true
	}
	dead := r.poisoned[place] > 0 || r.doubted[place] >= mostRefusals || l.tooLargeAt(r, place) || l.lowered(place, r.at) || l.anywhere(r.at, func(d *Destination) bool {
		return d.Place == place && d.GiveUp > 0 && time.Since(r.at) >= d.GiveUp && l.faulty(place, r.at) != nil
	})
	return dead && (r.excused[place] > 0 || l.rewinding(r) > 0)
}

// early is a record that was committed past before the ledger knew that it was settled.
type early struct {
	of   *record
	debt debt
	at   time.Time
}

// judgeEarly judges, once all dead letters are read, what was committed before the ledger knew why.
func (l *ledger) judgeEarly() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.early {
		settled := func(destination string) bool {
			when, ok := e.of.letters[destination]
			return ok && !when.After(e.at)
		}
		if e.debt.place == "" && settled("") || e.debt.place != "" && l.anywhere(time.Time{}, func(d *Destination) bool {
			return d.Place == e.debt.place && settled(d.Name)
		}) {
			continue
		}
		l.violate("G1", "group %s has committed past record %s after %s, which was not at %q", e.debt.group, e.of, e.at.Sub(l.began), e.debt.place)
	}
}
