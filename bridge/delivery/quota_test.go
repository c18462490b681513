package delivery

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery/limiter"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/internal/pause"
)

// bucket is a quota as AWS keeps them: tokens flow in at a rate, up to a burst, and each request
// takes one; where there is none it is throttled.
type bucket struct {
	mu     sync.Mutex
	rate   float64 // a second; 0 throttles everything
	burst  float64
	tokens float64
	at     time.Time
}

func newBucket(rate, burst float64) *bucket { return &bucket{rate: rate, burst: burst} }

func (b *bucket) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// quotaSink is a destination under a quota, whose latency may depend on how much is out.
type quotaSink struct {
	latency func(out int) time.Duration
	// chance is the share of requests that fail with class whatever is sent.
	chance float64
	class  sink.Class

	mu              sync.Mutex
	quota           *bucket // nil: none
	out, mostOut    int
	taken, rejected int
}

func (s *quotaSink) Open(context.Context) (sink.Limits, error) {
	return sink.Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}, nil
}

func (s *quotaSink) Send(ctx context.Context, _ []*message.Message, _ []*sink.Failure) *sink.Failure {
	s.mu.Lock()
	s.out++
	s.mostOut = max(s.mostOut, s.out)
	latency := s.latency(s.out)
	granted := s.quota == nil || s.quota.take()
	s.mu.Unlock()
	if !granted {
		latency = min(latency, 5*time.Millisecond) // a refusal is quick
	}
	pause.For(ctx, latency)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out--
	if s.chance > 0 && rand.Float64() < s.chance {
		s.rejected++
		return &sink.Failure{Class: s.class, Code: "by_chance"}
	}
	if !granted {
		s.rejected++
		return &sink.Failure{Class: sink.Throttled, Code: "RequestThrottled"}
	}
	s.taken++
	return nil
}

func (s *quotaSink) Close() {}

// under sets the quota from now on.
func (s *quotaSink) under(b *bucket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota = b
}

// failing sets the share of requests that fail from now on.
func (s *quotaSink) failing(chance float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chance = chance
}

// count returns the requests taken and rejected so far, and how many were out at once since the
// last count.
func (s *quotaSink) count() (taken, rejected, mostOut int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mostOut, s.mostOut = s.mostOut, s.out
	return s.taken, s.rejected, mostOut
}

// during lets virtual time go by, and returns what was taken and rejected a second, and how much was
// out at the most.
func (s *quotaSink) during(d time.Duration) (taken, rejected float64, mostOut int) {
	t0, r0, _ := s.count()
	time.Sleep(d)
	t1, r1, mostOut := s.count()
	return float64(t1-t0) / d.Seconds(), float64(r1-r0) / d.Seconds(), mostOut
}

// around is a latency that scatters a little, and not with load.
func around(d time.Duration) func(int) time.Duration {
	return func(int) time.Duration { return d*9/10 + rand.N(d/5) }
}

// loaded runs a lane to each sink that never runs dry, with one message a request.
func loaded(t *testing.T, most int, test func(), sinks ...*quotaSink) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		var lanes []*Lane
		for _, s := range sinks {
			lane := r.newLane(s, concurrent(most), func(o *LaneOptions) { o.MaxMessages = 1 })
			defer lane.Close()
			lanes = append(lanes, lane)
		}
		var feeding sync.WaitGroup
		ctx, stop := context.WithCancel(context.Background())
		feeding.Go(func() {
			for more := true; more; more = pause.For(ctx, 10*time.Millisecond) {
				for _, lane := range lanes {
					for lane.Queued() < 200 {
						r.deliverTo(lane, bridgetest.Bodies("x", 100)...)
					}
				}
			}
		})
		test()
		stop()
		feeding.Wait()
	})
}

// A destination takes nearly all that its quota allows, and is asked for little more.
func TestDestinationTakesNearlyItsQuota(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rate    float64
		latency time.Duration
		refused float64 // of what is sent, at the most
	}{
		"near":                           {300, 20 * time.Millisecond, 0.03},
		"far":                            {300, 100 * time.Millisecond, 0.03},
		"less than one after the other":  {30, 5 * time.Millisecond, 1.2 * limiter.Excessive},
		"less than a handful in seconds": {5, 5 * time.Millisecond, 0.25},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &quotaSink{latency: around(c.latency), quota: newBucket(c.rate, c.rate/2)}
			loaded(t, 128, func() {
				time.Sleep(5 * time.Second)
				taken, rejected, _ := s.during(25 * time.Second)
				if s := taken / c.rate; s < 0.9 && c.rate > 5 {
					t.Errorf("%.2f of the quota is used", s)
				}
				if s := rejected / (taken + rejected); s > c.refused {
					t.Errorf("%.3f of the requests are throttled", s)
				}
			}, s)
		})
	}
}

// A throttled spell, be it as long as it likes, is asked about rarely, and over soon after its end.
func TestThrottledSpellIsOverSoonAfterItsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rate    float64 // during the spell
		latency time.Duration
		most    int
		within  time.Duration
	}{
		"nothing goes":      {0, 20 * time.Millisecond, 16, 6 * time.Second},
		"nothing goes, far": {0, 100 * time.Millisecond, 64, 6 * time.Second},
		"little goes":       {5, 20 * time.Millisecond, 16, 10 * time.Second},
		"little goes, far":  {5, 100 * time.Millisecond, 64, 10 * time.Second},
		"a part goes":       {100, 100 * time.Millisecond, 64, 8 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &quotaSink{latency: around(c.latency)}
			loaded(t, c.most, func() {
				time.Sleep(time.Second)
				full, _, _ := s.during(time.Second)
				s.under(newBucket(c.rate, max(c.rate, 1)))
				time.Sleep(5 * time.Second)
				taken, rejected, _ := s.during(30 * time.Second)
				if rejected > max(2, 0.3*taken) {
					t.Errorf("%.1f requests a second are throttled, and %.1f taken", rejected, taken)
				}
				s.under(nil)
				time.Sleep(c.within)
				if after, _, _ := s.during(time.Second); after < 0.9*full {
					t.Errorf("%.0f requests a second %v after the spell, of %.0f", after, c.within, full)
				}
			}, s)
		})
	}
}

// Lanes that share a quota come to shares of one size, whoever had it first, and do not push each
// other to ask for more than there is.
func TestLanesShareAQuotaEvenly(t *testing.T) {
	t.Parallel()
	shared := newBucket(300, 300)
	first := &quotaSink{latency: around(20 * time.Millisecond), quota: shared}
	second := &quotaSink{latency: around(20 * time.Millisecond), quota: newBucket(0, 1)}
	loaded(t, 128, func() {
		time.Sleep(20 * time.Second)
		second.under(shared)
		time.Sleep(20 * time.Second)
		a0, ra0, _ := first.count()
		b0, rb0, _ := second.count()
		time.Sleep(time.Minute)
		a1, ra1, _ := first.count()
		b1, rb1, _ := second.count()
		a, b, rejected := float64(a1-a0), float64(b1-b0), float64(ra1-ra0+rb1-rb0)
		if share := a / (a + b); share < 0.25 || share > 0.75 || a+b < 0.9*300*60 {
			t.Errorf("%.0f and %.0f of %d", a, b, 300*60)
		}
		if rejected > 0.04*(a+b) {
			t.Errorf("%.0f requests are throttled", rejected)
		}
	}, first, second)
}

// Where more requests at once only wait for each other, there are soon not many more than it takes.
func TestRequestsThatWaitForEachOtherAreLimited(t *testing.T) {
	t.Parallel()
	const atOnce = 10
	for name, unloaded := range map[string]time.Duration{"near": 40 * time.Millisecond, "far": 150 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &quotaSink{latency: func(out int) time.Duration {
				return time.Duration(float64(around(unloaded)(out)) * max(1, float64(out)/atOnce))
			}}
			loaded(t, 128, func() {
				if _, _, most := s.during(10 * time.Second); most > 100 {
					t.Errorf("%d out at first", most)
				}
				time.Sleep(time.Minute)
				least := math.MaxInt // more are tried now and then
				for range 6 {
					taken, _, most := s.during(5 * time.Second)
					if least = min(least, most); taken < 0.95*atOnce/unloaded.Seconds() {
						t.Errorf("%.0f a second", taken)
					}
				}
				if least > 5*atOnce {
					t.Errorf("%d out at once", least)
				}
			}, s)
		})
	}
}

// Latency that has nothing to do with how much is out costs no throughput: not where it varies, and
// not where a destination is farther away than it was.
func TestLatencyOfItsOwnCostsNoThroughput(t *testing.T) {
	t.Parallel()
	var farther atomic.Int64
	for name, latency := range map[string]func(int) time.Duration{
		"now and then slow": func(int) time.Duration {
			if rand.IntN(10) == 0 {
				return 550 * time.Millisecond
			}
			return 50 * time.Millisecond
		},
		"of any size": func(int) time.Duration {
			return 30*time.Millisecond + time.Duration(rand.ExpFloat64()*float64(70*time.Millisecond))
		},
		"farther": func(int) time.Duration { return time.Duration(farther.Load()) + 50*time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			s := &quotaSink{latency: latency}
			loaded(t, 32, func() {
				time.Sleep(3 * time.Second)
				farther.Store(int64(50 * time.Millisecond))
				time.Sleep(15 * time.Second)
				if taken, _, _ := s.during(10 * time.Second); taken < 0.9*32/0.1 {
					t.Errorf("%.0f requests a second of %.0f", taken, 32/0.1)
				}
			}, s)
		})
	}
}

// Failures that come whatever is sent cost what they fail, and not the concurrency: a service that
// takes most of what it gets is sent to. Throttles by chance are not told from a quota that others
// use, and leave one request after the other.
func TestFailuresByChanceKeepConcurrency(t *testing.T) {
	t.Parallel()
	const most, latency = 64, 20 * time.Millisecond
	one := 1 / latency.Seconds()
	for name, c := range map[string]struct {
		class  sink.Class
		chance float64
		least  float64 // requests a second
	}{
		"one in a hundred throttled": {sink.Throttled, 0.01, 0.8 * most * one}, // now and then so many in a row that they count
		"one in ten throttled":       {sink.Throttled, 0.1, 0.8 * one},
		"one in a hundred fails":     {sink.Transient, 0.01, 0.95 * most * one},
		"one in five fails":          {sink.Transient, 0.2, 0.7 * most * one},
		"one in three fails":         {sink.Unknown, 0.33, 0.5 * most * one},
		"one in two fails":           {sink.Transient, 0.5, 0.4 * one}, // one after the other at the least, of which half are taken
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &quotaSink{latency: around(latency), chance: c.chance, class: c.class}
			loaded(t, most, func() {
				time.Sleep(5 * time.Second)
				if taken, _, _ := s.during(30 * time.Second); taken < c.least {
					t.Errorf("%.0f requests a second, want %.0f", taken, c.least)
				}
			}, s)
		})
	}
}

// A service that takes nothing is asked about rarely, whatever it answers, and sent to soon after.
func TestServiceThatTakesNothingIsAskedRarely(t *testing.T) {
	t.Parallel()
	for _, class := range []sink.Class{sink.Throttled, sink.Transient, sink.Unknown} {
		s := &quotaSink{latency: around(20 * time.Millisecond), chance: 1, class: class}
		loaded(t, 16, func() {
			time.Sleep(15 * time.Second)
			if _, rejected, _ := s.during(30 * time.Second); rejected > 2 {
				t.Errorf("%v: %.1f requests a second", class, rejected)
			}
			s.failing(0)
			time.Sleep(6 * time.Second)
			if taken, _, _ := s.during(time.Second); taken < 0.5*16/0.02 {
				t.Errorf("%v: %.0f requests a second after it", class, taken)
			}
		}, s)
	}
}
