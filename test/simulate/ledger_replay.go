package simulate

import "time"

// replaying is what a replay has to send again: the records that consumers could see when it began.
type replaying struct {
	setup   *Setup
	records map[*record]map[string]int // what each has had at each place before
}

// replays notes that a replay of a topic begins, of rate messages a second at the most; 0 for as many as there may
// be.
func (l *ledger) replays(topic string, s *Setup, rate int) replaying {
	l.mu.Lock()
	defer l.mu.Unlock()
	what := replaying{s, map[*record]map[string]int{}}
	messages := 0
	for _, r := range l.records {
		if r.topic == topic && r.offset >= 0 {
			r.replayed = true
			if l.hidden(r) && !s.Uncommitted {
				continue
			}
			had := map[string]int{}
			for _, name := range s.fate(r).to {
				place := s.destination(name).Place
				had[place] = r.again[place]
				messages++
			}
			what.records[r] = had
		}
	}
	if rate > 0 {
		l.replaysTake = max(l.replaysTake, time.Duration(messages)*time.Second/time.Duration(rate))
	}
	return what
}

// slowest is how long the slowest replay takes by its rate.
func (l *ledger) slowest() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.replaysTake
}

// replayedSize is how much larger a message is that a replay sends: by an attribute "replayed" with the text "true".
const replayedSize = len("replayed") + len("String") + len("true")

// replayed judges a replay that says it is whole: each record has arrived again where the rules send it, or is
// a dead letter.
func (l *ledger) replayed(what replaying) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.records {
		had, ok := what.records[r]
		if !ok || r.gone != "" || r.over {
			continue
		}
		if s := what.setup; !s.dueTo(r) {
			continue
		}
		for _, name := range what.setup.fate(r).to {
			d := what.setup.destination(name)
			if l.tooLarge(what.setup, r, d) {
				continue
			}
			place := d.Place
			if _, dead := r.letters[name]; !dead && r.again[place] <= had[place] {
				l.violate("replay", "a replay is whole, and record %s did not arrive again at %s", r, place)
				return
			}
		}
	}
}

// arrivedAgain notes a message that a replay has sent. Called with mu held.
func (l *ledger) arrivedAgain(r *record, place string) {
	r.again[place]++
	if !l.may(r, place) {
		l.violate("G6", "%s has record %s from a replay, which no rule sends there", place, r)
	}
}
