package fault

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// deaths are the ways in which a destination is dead here.
var deaths = []struct {
	name   string
	effect fake.Effect
}{{"refusing", fake.ServiceUnavailable()}, {"silent", fake.Silence()}}

const (
	// keptShare is of what is produced for the other destinations while one is dead. Producing has a
	// pace, so who keeps up with it keeps the rate, on a slow machine as on a fast one.
	keptShare = .9
	// roundsEach: a machine that is busy with other things can only make them lag.
	roundsEach = 3
)

// TestDeadDestinationHoldsUpFewerWhereItIsIsolated has one of four destinations dead: the others keep up with what is produced until the
// window is full, and for ten times as much where the dead one is isolated.
func TestDeadDestinationHoldsUpFewerWhereItIsIsolated(t *testing.T) {
	env := environment(t)
	t.Run("shared", func(t *testing.T) {
		w, i := besideDead(t, env, func(w *World) { w.setting.inFlight = 8000 })
		inFlight := fmt.Sprintf("sluice_in_flight_records{group=%q}", w.group)
		paused := fmt.Sprintf("sluice_paused_partitions{group=%q}", w.group)
		filled := func() { // as far as it is before the first partition has its share
			must(t, w.until("the window to fill", func() bool { return 4*number(i.Metric(inFlight)) >= 3*float64(w.setting.inFlight) }))
		}
		full := func() {
			must(t, w.until("the window to be full", func() bool { return number(i.Metric(paused)) == partitions }))
			w.feed.turn(false)
			w.allRead(t, i)
			if n := number(i.Metric(inFlight)); n > float64(w.setting.inFlight) {
				t.Errorf("%v records in flight; the window is %d", n, w.setting.inFlight)
			}
		}
		for _, death := range deaths {
			w.keepUp(t, death.name, death.effect, filled, full)
		}
		w.passes(t)
	})
	t.Run("isolated", func(t *testing.T) {
		w, _ := besideDead(t, env, func(w *World) {
			w.setting.inFlight = 1000
			w.setting.tuning[payments] = ", isolated: true"
			w.ledger.setApart(payments)
		})
		for _, death := range deaths {
			w.keepUp(t, death.name, death.effect, func() { must(t, w.produced(10*w.setting.inFlight)) }, func() {})
		}
		w.passes(t)
	})
}

// besideDead is a bridge in full flow.
func besideDead(t *testing.T, env Env, set func(*World)) (*World, *instance) {
	t.Helper()
	w, err := newWorld(t.Context(), env, "isolation", 1)
	must(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			_, metrics := w.instances[0].Get("/metrics")
			t.Log(w.logs(), metrics)
		}
		w.close()
	})
	set(w)
	i, err := w.start()
	must(t, err)
	w.feed.turn(true)
	must(t, w.progress(warmUp))
	return w, i
}

// keepUp has payments dead for as long as enough takes, and asks how far the others are behind then.
// After what is then to be done, all is well again.
func (w *World) keepUp(t *testing.T, name string, death fake.Effect, enough, then func()) {
	t.Helper()
	for round := range roundsEach {
		dead := w.inject(payments, fake.Fault{Effect: death})
		before, _ := w.ledger.beside(payments)
		enough()
		due, came := w.ledger.beside(payments)
		kept := 1 - float64(due-came)/float64(due-before)
		t.Logf("%s: of %d messages for the others, %d were still to come: %.1f %% kept", name, due-before, due-came, 100*kept)
		then()
		dead.Remove()
		w.feed.turn(false)
		must(t, w.settled())
		w.feed.turn(true)
		must(t, w.progress(warmUp))
		if kept >= keptShare {
			return
		}
		if round == roundsEach-1 {
			t.Errorf("%s: the others did not keep %.0f %% in any of %d rounds", name, 100*keptShare, roundsEach)
		}
	}
}

// allRead waits until the others have everything that was read.
func (w *World) allRead(t *testing.T, i *instance) {
	t.Helper()
	consumed := fmt.Sprintf("sluice_records_consumed_total{group=%q,topic=%q}", w.group, w.topic)
	must(t, w.until("the others to get everything that was read", func() bool {
		return float64(w.ledger.complete(payments)) >= number(i.Metric(consumed))
	}))
}

// passes ends the run, in which nothing may have gone wrong.
func (w *World) passes(t *testing.T) {
	t.Helper()
	r := w.result(Schedule{Name: t.Name()}, 1, w.rest())
	for _, p := range r.Problems {
		t.Error(p)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func number(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64)
	return n
}

// beside is how many messages all destinations but one were to get so far, and how many came.
func (l *ledger) beside(but int) (due, came int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.events {
		e := &l.events[i]
		for _, d := range e.kind.to {
			if d == but {
				continue
			}
			if due++; e.arrivals[d] > 0 {
				came++
			}
		}
	}
	return due, came
}

// complete is how many records there are in front of the first, in each partition, that has
// something to bring to another destination than the one named.
func (l *ledger) complete(but int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, ended := 0, map[int32]bool{}
	for i := range l.events { // in the order of each partition
		e := &l.events[i]
		missing := e.kind.letter && !e.kind.refused && e.letters == 0
		for _, d := range e.kind.to {
			missing = missing || d != but && e.arrivals[d] == 0
		}
		if ended[e.partition] = ended[e.partition] || missing; !ended[e.partition] {
			n++
		}
	}
	return n
}
