package fault

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// TestIsolation has one of four destinations dead: the others get everything that is read until the
// window is full, and at the rate that they had before.
func TestIsolation(t *testing.T) {
	env := environment(t)
	w, err := newWorld(t.Context(), env, "isolation", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	defer func() {
		if t.Failed() {
			_, metrics := w.instances[0].Get("/metrics")
			t.Log(w.logs(), metrics)
		}
	}()
	w.setting.inFlight = 8000
	i, err := w.start()
	must(t, err)
	w.feed.turn(true)
	must(t, w.progress(warmUp))

	const some = 2000 // messages: of far fewer records than the window holds
	before := w.rate(t, some)
	dead := w.inject(payments, fake.Fault{Effect: fake.ServiceUnavailable()})
	beside := w.rate(t, some)
	t.Logf("the others got %.0f messages a second with all well, and %.0f with one dead: %.0f %%", before, beside, 100*beside/before)

	inFlight := fmt.Sprintf("sluice_in_flight_records{group=%q}", w.group)
	paused := fmt.Sprintf("sluice_paused_partitions{group=%q}", w.group)
	must(t, w.until("the window to be full", func() bool { return number(i.Metric(paused)) == partitions }))
	w.feed.turn(false)
	consumed := fmt.Sprintf("sluice_records_consumed_total{group=%q,topic=%q}", w.group, w.topic)
	must(t, w.until("the others to get everything that was read", func() bool {
		return float64(w.ledger.complete(payments)) >= number(i.Metric(consumed))
	}))
	if n := number(i.Metric(inFlight)); n > float64(w.setting.inFlight) {
		t.Errorf("%v records in flight; the window is %d", n, w.setting.inFlight)
	}
	dead.Remove()
	must(t, w.settled())
	must(t, i.stop())
	r := Result{Findings: w.ledger.finish()}
	for _, p := range r.judge() {
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

// rate is how many messages a second come to all but payments, while so many come.
func (w *World) rate(t *testing.T, n int) float64 {
	t.Helper()
	others := func() int { return w.arrivals() - w.aws.Queue(farEnds[payments]).Count() }
	from, began := others(), time.Now()
	must(t, w.until("messages for the others", func() bool { return others()-from >= n }))
	return float64(others()-from) / time.Since(began).Seconds()
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
