package simulate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Health tells the truth: what stands still is named, what is named is there and not well, and when all is
// well nothing is.

const (
	// namedWithin is how long something may stand still before somebody says so: a minute, from when the
	// partition is where it stays, and a commit.
	namedWithin = 90 * time.Second
	// staleAfter is how long something may be named after it is well.
	staleAfter = 2 * time.Minute
)

// problem is what a member says of something.
type problem struct{ member, what, text string }

func (p problem) String() string { return fmt.Sprintf("%s: %s: %s", p.member, p.what, p.text) }

// about is what a problem is about: a kind of thing, its name, and the isolated group whose it is.
func (p problem) about() (kind, name, of string) {
	kind, name, _ = strings.Cut(p.what, " ")
	name, of, _ = strings.Cut(name, " of group ")
	return kind, name, of
}

func (l *ledger) judgeHealth(told []problem) {
	recent := l.toldLately(told)
	for _, c := range l.claimsInOrder() {
		l.judgeStanding(c, l.standing[c], recent)
	}
	for _, p := range told {
		if why := l.unfounded(p); why != "" {
			l.violateOnce("health", "%s: it is said that %s", why, p)
		}
	}
	if len(told) > 0 && l.allWell(staleAfter) {
		l.violateOnce("health", "all is well since %s, and it is said that %s", staleAfter, told[0])
	}
}

// toldLately returns what is named now, or was as long ago as it may take until something is: what comes and goes, as a
// member that is given up again and again, is named in between, and what is tried anew has its time anew.
func (l *ledger) toldLately(told []problem) []problem {
	now := time.Now()
	for _, p := range told {
		l.recent[p] = now
	}
	maps.DeleteFunc(l.recent, func(_ problem, at time.Time) bool { return now.Sub(at) > namedWithin })
	return slices.SortedFunc(maps.Keys(l.recent), func(a, b problem) int { return cmp.Compare(a.String(), b.String()) })
}

// judgeStanding has what stands still named.
func (l *ledger) judgeStanding(c claim, s *standing, told []problem) {
	if len(s.owed) == 0 {
		return
	}
	since := l.standsSince(s)
	if l.crowded(c.group) { // one after the other passes alone, whose partition it may be
		for other, of := range l.standing {
			if other.group == c.group && of.since.After(since) {
				since = of.since
			}
		}
	}
	if time.Since(since) < namedWithin {
		return
	}
	first := s.owed[0]
	if !slices.ContainsFunc(told, func(p problem) bool { return l.explains(p, c, first) }) {
		l.violateOnce("health", "group %s stands still at record %s of %s/%d since %s, which is owed %v, and nobody says so, only %v",
			c.group, first, c.topic, c.partition, time.Since(since), l.owes(first), told)
	}
}

// explains says whether a problem names what a record waits for.
func (l *ledger) explains(p problem, c claim, r *record) bool {
	kind, name, of := p.about()
	if of == "" {
		of = group
	}
	at := fmt.Sprintf("%s/%d", c.topic, c.partition)
	switch kind {
	case "bridge", "dead", "dead-letter":
		return true
	case "destination":
		return slices.ContainsFunc(l.placesNamed(name), func(place string) bool { return slices.Contains(l.placesFor(r, c.group), place) }) ||
			l.lettersGoTo(name, r) && slices.ContainsFunc(l.owes(r), func(d debt) bool { return d.group == c.group && (d.place == "" || l.dying(r, d.place)) }) ||
			of == c.group && l.crowded(of) // it waits for one that goes there
	case "group", "commit":
		return name == c.group
	case "fetches", "throttling": // "fetches of GROUP"
		return name == "of "+c.group
	case "topic":
		return name == c.topic && of == c.group
	case "partition", "fetching":
		return name == at && of == c.group
	case "schema": // "schema registry"
		return l.schemad(r)
	case "progress", "schemas": // "progress of TOPIC/N"
		return of == c.group && (name == "of "+at || l.crowded(of))
	}
	return false
}

// placesNamed are where a destination of a name leads in any configuration.
func (l *ledger) placesNamed(name string) (places []string) {
	for i := range l.reigns {
		if d := l.reigns[i].setup.destination(name); d != nil {
			places = append(places, d.Place)
		}
	}
	return places
}

// lettersGoTo says whether the dead letter of a record may go to a destination of a name.
func (l *ledger) lettersGoTo(name string, r *record) bool {
	return slices.ContainsFunc(l.window(r), func(s *Setup) bool { return s.Letters == name })
}

// unfounded says why a problem cannot be; empty where it may.
func (l *ledger) unfounded(p problem) string {
	kind, name, of := p.about()
	if of == "" {
		of = group
	}
	since := time.Now().Add(-staleAfter)
	switch kind {
	case "destination":
		places := l.placesNamed(name)
		if len(places) == 0 {
			return "there is no such destination"
		}
		// Each session of a role that has expired finds out anew that the clocks differ.
		renews := l.clockOff && l.anywhere(since, func(d *Destination) bool { return d.Name == name && d.Role })
		if !renews && !slices.ContainsFunc(places, func(place string) bool { return l.faulty(place, since) != nil }) {
			return "nothing is wrong with it for " + staleAfter.String()
		}
	case "group", "commit":
		if name != group && !l.anywhere(since, func(d *Destination) bool { return d.Isolated && group+"."+d.Name == name }) {
			return "there is no such group"
		}
	case "progress":
		if l.uncertain(name, since) {
			return ""
		}
		for c, s := range l.standing {
			if c.group == of && "of "+fmt.Sprintf("%s/%d", c.topic, c.partition) == name {
				if s.well.IsZero() || s.well.After(since) {
					return ""
				}
			}
		}
		for c := range l.claims() {
			if c.group != of || "of "+fmt.Sprintf("%s/%d", c.topic, c.partition) != name {
				continue
			}
			if len(l.uncommitted(c)) > 0 && (l.failing(since) || l.disturbed(since)) || l.outlived(c) {
				return "" // the bridge may not have heard of what has arrived, or waits with what Kafka has no more
			}
			if slices.ContainsFunc(l.uncommitted(c), func(r *record) bool { return l.inherits(of, r) }) {
				return ""
			}
		}
		return "nothing is owed of it for " + staleAfter.String()
	}
	return ""
}

// setClock notes whether the clock of the services is off.
func (l *ledger) setClock(off bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clockOff = off
}

// failing says whether something has failed since a time.
func (l *ledger) failing(since time.Time) bool {
	return slices.ContainsFunc(l.faults, func(f *fault) bool { return f.to.IsZero() || f.to.After(since) })
}

// allWell says whether nothing is wrong for so long, as far as the model knows.
func (l *ledger) allWell(d time.Duration) bool {
	since := time.Now().Add(-d)
	if l.failing(since) {
		return false
	}
	for _, s := range l.standing {
		if s.well.IsZero() || s.well.After(since) {
			return false
		}
	}
	// The registry is asked for ids that it does not have, and their records wait for that long.
	if slices.ContainsFunc(l.records, func(r *record) bool { return r.at.After(since) && slices.Contains(r.flavours, "unknown id") }) {
		return false
	}
	now := &l.reigns[len(l.reigns)-1].setup
	for c := range l.claims() {
		// What is not committed may be a record that is to be dropped, and waits to be decided on.
		if now.reads(c) && (slices.ContainsFunc(l.uncommitted(c), func(r *record) bool { return r.gone == "" }) || l.outlived(c)) {
			return false
		}
	}
	return !l.disturbed(since) && len(l.open) == 0 && !l.idleSince.After(since) &&
		!l.anywhere(since, func(d *Destination) bool { return d.Wrong })
}
