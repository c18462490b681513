package bridge

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Nobody waits at a revocation for letters that are not made yet and whose destination is broken, also where that
// is one of another group.
func TestUnbuiltLettersAreStranded(t *testing.T) {
	for name, lanes := range map[string]func(*testbed) []*Lane{
		"its own":         func(r *testbed) []*Lane { return []*Lane{r.lane} },
		"another group's": func(*testbed) []*Lane { return []*Lane{nil} },
	} {
		t.Run(name, func(t *testing.T) {
			inTestbed(t, &fakeSink{open: func(int) error { return &Failure{Class: Configuration, Code: "c"} }}, func(r *testbed) {
				p := r.newPipeline(t, func(o *PipelineOptions) { o.Lanes = lanes(r) })
				r.letters.ToLane(r.lane)
				for range 20 {
					r.letters.bury(r.delivery(strings.Repeat("x", 1<<20)), "d", ReasonRejected, &Failure{Code: "c"})
				}
				pass(time.Second)
				if n := p.Stranded()[r.part]; n != r.part.Pending() {
					t.Errorf("%d of %d letters are stranded", n, r.part.Pending())
				}
			})
		})
	}
}

// Letters to a destination of another group are sent without delay where the group flushes, and thrown away where
// their assignments have ended.
func TestLettersToAnotherGroupsDestination(t *testing.T) {
	inTestbed(t, &fakeSink{}, func(r *testbed) {
		p := r.newPipeline(t, func(o *PipelineOptions) { o.Lanes = []*Lane{nil} })
		r.letters.ToLane(r.lane)
		r.letters.bury(r.delivery("x"), "other", ReasonRejected, &Failure{Code: "c"})
		synctest.Wait()
		p.Flush()
		synctest.Wait()
		if n := len(r.far.accepted()); n != 1 {
			t.Errorf("%d letters left", n)
		}
		r.letters.bury(r.delivery("y"), "other", ReasonRejected, &Failure{Code: "c"})
		synctest.Wait()
		r.part.Close()
		p.Sweep()
		if n := r.lane.Left().Held; n != 0 {
			t.Errorf("%d letters are held", n)
		}
	}, func(o *LaneOptions) { o.Linger = time.Hour })
}
