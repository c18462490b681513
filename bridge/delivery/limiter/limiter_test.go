package limiter

import (
	"math"
	"testing"
	"time"
)

// road drives a concurrency by round trips, in a time of its own.
type road struct {
	Limiter
	now time.Time
}

func newRoad(most int) *road { return &road{New(most), time.Unix(0, 0)} }

// trip answers a round trip's worth of requests with success.
func (r *road) trip(took time.Duration) {
	sent, n := r.now, r.Allowed()
	r.now = r.now.Add(took)
	for range n {
		r.Weigh(0)
		r.Succeeded(sent, r.now, r.Allowed())
	}
}

// throttle throttles a request after a while, as it has throttled many.
func (r *road) throttle(after time.Duration) {
	r.share = max(r.share, Excessive)
	sent := r.now
	r.now = r.now.Add(after)
	r.Weigh(1)
	r.Throttled(sent, r.now)
}

func TestConcurrencyGrowsByAnswersAndIsCutByThrottles(t *testing.T) {
	r := newRoad(100)
	start := r.now
	want := func(what string, n int) {
		t.Helper()
		if got := r.Allowed(); got != n {
			t.Fatalf("%s: %d, want %d", what, got, n)
		}
	}
	want("at the start", Starting)
	r.Succeeded(start, r.now, Starting-1)
	want("where the limit does not hold the lane back", Starting)
	r.trip(time.Millisecond)
	want("after a round trip", 2*Starting)
	for range 10 {
		r.trip(time.Millisecond)
	}
	want("at the ceiling", 100)
	r.throttle(time.Millisecond)
	want("after a throttle", 50)
	r.Throttled(start, r.now)
	want("after another that was out with it", 50)
	r.Succeeded(start, r.now, 50)
	want("after an answer to what was out with it", 50)
	r.throttle(time.Millisecond)
	want("after one of a request sent since", 25)
	for range 20 {
		r.throttle(time.Millisecond)
	}
	want("at the least", 1)
}

// After a cut the limit comes back to where it was within the plateau, whatever the round trip, and
// goes beyond it after that.
func TestConcurrencyComesBackAfterACut(t *testing.T) {
	for _, took := range []time.Duration{5 * time.Millisecond, 100 * time.Millisecond} {
		r := newRoad(1000)
		for r.Limit < 128 {
			r.trip(took)
		}
		before := r.Limit
		r.throttle(took)
		cut := r.now
		last := r.Limit
		for r.now.Sub(cut) < plateau {
			if r.Limit > before {
				t.Fatalf("%v after %v of %v", r.Limit, r.now.Sub(cut), plateau)
			}
			r.trip(took)
			if r.Limit < last || r.Limit > 2*last {
				t.Fatalf("%v follows %v", r.Limit, last)
			}
			last = r.Limit
		}
		if r.Limit < 0.99*before {
			t.Errorf("%v round trips: %v at the plateau, want %v", took, r.Limit, before)
		}
		for r.now.Sub(cut) < 5*plateau {
			r.trip(took)
		}
		if r.Limit != 1000 {
			t.Errorf("%v round trips: %v long after the plateau", took, r.Limit)
		}
	}
}

// A few throttles among many answers are no reason to send less, and what throttles some whatever is
// sent is not made to wait for.
func TestConcurrencyIsKeptUnderFewThrottles(t *testing.T) {
	for _, c := range []struct{ every, least int }{{100, 64}, {12, 1}} {
		r := newRoad(64)
		r.trip(time.Millisecond)
		r.trip(time.Millisecond)
		r.trip(time.Millisecond)
		for i := range 100_000 {
			sent := r.now
			r.now = r.now.Add(time.Millisecond)
			if i%c.every == 0 {
				r.Weigh(1)
				r.Throttled(sent, r.now)
			} else {
				r.Weigh(0)
				r.Succeeded(sent, r.now, r.Allowed())
			}
			if r.Limit < float64(c.least) {
				t.Fatalf("one of %d throttled: %v", c.every, r.Limit)
			}
		}
	}
}

// While nothing is taken the limit falls to about a request a second, and remembers what it was.
func TestConcurrencyFallsWhileNothingIsTaken(t *testing.T) {
	r := newRoad(64)
	for range 10 {
		r.trip(time.Millisecond)
	}
	r.throttle(time.Millisecond)
	var pauses time.Duration
	for i := range 1000 {
		r.throttle(time.Millisecond)
		if i >= 100 {
			pauses += r.Next.Sub(r.now)
		}
		if pause := r.Next.Sub(r.now); r.Limit < 1 && (pause < 0 || pause > 1500*time.Millisecond) {
			t.Fatalf("a pause of %v", pause)
		}
		if r.Next.After(r.now) {
			r.now = r.Next
		}
	}
	if mean := pauses / 900; mean < 900*time.Millisecond || mean > 1060*time.Millisecond {
		t.Errorf("pauses of %v", mean)
	}
	if r.target != 64 {
		t.Errorf("target %v", r.target)
	}
	for n := 1; r.Limit < 32; n++ {
		if n > 12 {
			t.Fatalf("%v after %d answers", r.Limit, n)
		}
		r.trip(time.Millisecond)
		if r.Limit < 1 {
			r.now = r.Next
		}
	}
}

// Latency holds the limit for a while before it cuts it, from the start on.
func TestLatencyHoldsConcurrencyBeforeItCuts(t *testing.T) {
	r := newRoad(1000)
	for r.Limit < 64 {
		r.trip(time.Millisecond)
	}
	began, before := r.now, r.Limit
	for r.now.Sub(began) < lookAgain {
		if r.trip(20 * time.Millisecond); r.Limit < before || r.Limit > 2*before {
			t.Fatalf("%v after %v", r.Limit, r.now.Sub(began))
		}
	}
	before = r.Limit
	for range 3 {
		r.trip(20 * time.Millisecond)
	}
	if r.Limit != before/2 {
		t.Errorf("%v after that, from %v", r.Limit, before)
	}
}

func TestConcurrencyOfOneStaysOne(t *testing.T) {
	for _, most := range []int{0, 1} {
		r := newRoad(most)
		r.trip(time.Millisecond)
		if r.Allowed() != 1 {
			t.Errorf("%d allowed of %d", r.Allowed(), most)
		}
	}
}

func TestConcurrencyJustBelowOneMakesNoPause(t *testing.T) {
	r := newRoad(64)
	r.Limit = math.Nextafter(1, 0)
	r.pause(r.now)
	if r.Next.After(r.now) {
		t.Errorf("a pause of %v", r.Next.Sub(r.now))
	}
}

// Where latency is in proportion to the requests that are out, each cut leaves fewer of them, from however many.
func TestRequestsThatOnlyWaitBecomeFewer(t *testing.T) {
	const each = 4 * time.Millisecond
	for start := 16.0; start <= 128; start += 16 {
		r := newRoad(1000)
		r.Limit = start
		most := []float64{start} // out between two cuts
		for cut := r.cut; len(most) < 5; cut = r.cut {
			highest := 0.0
			for r.cut.Equal(cut) {
				highest = max(highest, r.Limit)
				r.trip(time.Duration(r.Limit * float64(each)))
			}
			most = append(most, highest)
		}
		for i := 2; i < len(most); i++ {
			if most[i] >= most[i-1] {
				t.Errorf("from %v on: %.1f", start, most)
				break
			}
		}
	}
}
