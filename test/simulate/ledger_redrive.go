package simulate

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// redrives are what the command has done with dead letters. The ledger's lock guards them. Letters are read a little
// later than they are written, so what is against a promise for want of a letter is judged at the end.
type redrives struct {
	written []written
	runs    []*redriving
	resent  []resent
	doubts  []doubt
	missed  []missed
}

// written is a dead letter that lies in the topic.
type written struct {
	of          *record
	destination string // that the record was for; empty for none
	offset      int64
	when        time.Time
}

// redriving is a run of the command, of the letters before an end.
type redriving struct {
	setup *Setup
	rules bool // it goes by the rules of now alone
	began time.Time
	end   int64
	whole time.Time // when it had sent all; zero for never
}

// resent is a message at a FIFO place, of which its id says which letter it was.
type resent struct {
	offset int64
	of     *record
	place  string
	at     time.Time
}

// doubt is what is against a promise unless a message came from a dead letter.
type doubt struct {
	of    *record
	place string
	Violation
}

// missed is a letter of which a run that was whole has sent nothing to a destination: it was to be written anew.
type missed struct {
	written
	name string
	run  *redriving
}

// redriveBegins notes a run of the letters before an offset.
func (l *ledger) redriveBegins(s *Setup, rules bool, end int64) *redriving {
	l.mu.Lock()
	defer l.mu.Unlock()
	run := &redriving{setup: s, rules: rules, began: time.Now(), end: end}
	l.runs = append(l.runs, run)
	return run
}

// sends returns the destinations that a letter goes to, and whether it leaves the topic with that: one that stays does
// not. What the rules say of a topic that is not read nobody has to know.
func (run *redriving) sends(d *written) (to []string, leaves bool) {
	if d.destination != "" && !run.rules {
		return []string{d.destination}, run.setup.destination(d.destination) != nil
	}
	if !slices.Contains(run.setup.Topics, d.of.topic) {
		return nil, false
	}
	f := run.setup.fate(d.of)
	return f.to, f.letter == ""
}

// most is how often a run sends a letter to a place at the most: once for each of its destinations there.
func (run *redriving) most(d *written, place string) (n int) {
	if d.offset >= run.end {
		return 0
	}
	to, leaves := run.sends(d)
	anywhere := !leaves && !slices.Contains(run.setup.Topics, d.of.topic) // nobody knows
	for _, at := range run.setup.Destinations {
		if at.Place == place && (anywhere || leaves && slices.Contains(to, at.Name)) {
			n++
		}
	}
	return n
}

// hasLeft says whether a letter has left the topic before a time, by a run that was whole.
func (l *ledger) hasLeft(d *written, before time.Time) bool {
	return slices.ContainsFunc(l.runs, func(run *redriving) bool {
		_, leaves := run.sends(d)
		return leaves && d.offset < run.end && !run.whole.IsZero() && !run.whole.After(before)
	})
}

// redriven judges a run that says it is whole: what is sent has arrived since it was a dead letter, or is one anew.
func (l *ledger) redriven(run *redriving) {
	l.mu.Lock()
	defer l.mu.Unlock()
	run.whole = time.Now()
	for i := range l.written {
		d := &l.written[i]
		to, leaves := run.sends(d)
		if !leaves || d.offset >= run.end || l.takenBefore(d, run) {
			continue
		}
		for _, name := range to {
			if !l.arrivedSince(d, name) {
				l.missed = append(l.missed, missed{*d, name, run})
			}
		}
	}
}

// takenBefore says whether an earlier run may have sent a letter by other rules.
func (l *ledger) takenBefore(d *written, run *redriving) bool {
	return slices.ContainsFunc(l.runs, func(earlier *redriving) bool {
		return earlier != run && earlier.began.Before(run.whole) && d.offset < earlier.end && (d.destination == "" || earlier.rules || run.rules)
	})
}

// arrivedSince says whether the record of a letter has arrived since at a place that its destination has had.
func (l *ledger) arrivedSince(d *written, name string) bool {
	return l.anywhere(time.Time{}, func(at *Destination) bool {
		return at.Name == name && d.of.last[at.Place].After(d.when)
	})
}

// fromLetter is what the id of a message ends with that was a dead letter: its partition and offset.
var fromLetter = regexp.MustCompile(`\.redrive\.\d+\.(\d+)(/|$)`)

// arrivedFromLetter notes a message at a FIFO place that was a dead letter, and says whether it was.
func (l *ledger) arrivedFromLetter(r *record, place string, m fake.Message) bool {
	id := fromLetter.FindStringSubmatch(m.DeduplicationID)
	if id == nil {
		return false
	}
	offset, _ := strconv.ParseInt(id[1], 10, 64) // digits
	r.last[place] = time.Now()
	l.resent = append(l.resent, resent{offset, r, place, time.Now()})
	if how := l.differs(r, place, m); how != "" {
		l.violate("G7", "%s has record %s from the dead letters, and %s", place, r, how)
	}
	return true
}

// unlessRedriven notes a violation, but where the message may have been a dead letter.
func (l *ledger) unlessRedriven(r *record, place, promise, format string, args ...any) {
	if len(l.runs) == 0 {
		l.violate(promise, format, args...)
		return
	}
	l.doubts = append(l.doubts, doubt{r, place, l.violation(promise, format, args...)})
}

// judgeRedrives judges, once all dead letters are read, what was left open.
func (l *ledger) judgeRedrives() {
	l.mu.Lock()
	defer l.mu.Unlock()
	type spot struct {
		of    *record
		place string
	}
	doubted := map[spot]int{}
	for _, d := range l.doubts {
		at := spot{d.of, d.place}
		if doubted[at] == 0 && l.beganByLetter(at.of, at.place) {
			doubted[at] = 1
		}
		if doubted[at]++; doubted[at] > l.sendable(at.of, at.place, -1) {
			l.note(d.Violation)
		}
	}
	type item struct {
		spot
		offset int64
	}
	times := map[item]int{}
	for _, m := range l.resent {
		of := item{spot{m.of, m.place}, m.offset}
		if times[of]++; times[of] > l.sendable(m.of, m.place, m.offset)+m.of.excused[m.place] {
			l.violate("redrive", "%s has record %s for the %d. time from the dead letter at %d", m.place, m.of, times[of], m.offset)
		}
	}
	for _, m := range l.missed {
		if !slices.ContainsFunc(l.written, func(d written) bool {
			return d.of == m.of && d.destination == m.name && d.offset > m.offset && d.offset >= m.run.end
		}) {
			l.violate("redrive", "a redrive is whole, and the dead letter of record %s at %d did not arrive at %s", m.of, m.offset, m.name)
		}
	}
}

// beganByLetter says whether it was a run that first sent a record to a place: it had a letter of it then that says that
// the bridge does not, and nobody has read it again since. By the rules, a letter goes also to where the bridge is still to.
func (l *ledger) beganByLetter(r *record, place string) bool {
	return l.rewinding(r) == 0 && slices.ContainsFunc(l.written, func(d written) bool {
		dead := d.destination == "" || l.anywhere(time.Time{}, func(at *Destination) bool { return at.Name == d.destination && at.Place == place })
		return d.of == r && dead && slices.ContainsFunc(l.runs, func(run *redriving) bool {
			return run.most(&d, place) > 0 && run.began.Before(r.first[place])
		})
	})
}

// sendable is how often runs may have sent a record to a place: for all of its letters, or for the one at an offset.
func (l *ledger) sendable(r *record, place string, offset int64) (n int) {
	for i := range l.written {
		d := &l.written[i]
		if d.of != r || offset >= 0 && d.offset != offset {
			continue
		}
		for _, run := range l.runs {
			if !l.hasLeft(d, run.began) {
				n += run.most(d, place)
			}
		}
	}
	return n
}
