package pipeline

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Nobody waits at a revocation for letters that are not made yet and whose destination is broken, also where that
// is one of another group.
func TestUnbuiltLettersAreStranded(t *testing.T) {
	for name, lanes := range map[string]func(*testbed) []*delivery.Lane{
		"its own":         func(r *testbed) []*delivery.Lane { return []*delivery.Lane{r.lane} },
		"another group's": func(*testbed) []*delivery.Lane { return []*delivery.Lane{nil} },
	} {
		t.Run(name, func(t *testing.T) {
			inTestbed(t, &bridgetest.Sink{AtOpening: func(int) error { return &sink.Failure{Class: sink.Configuration, Code: "c"} }}, func(r *testbed) {
				p := r.newPipeline(t, func(o *Options) { o.Lanes = lanes(r) })
				r.letters.ToLane(r.lane)
				for range 20 {
					r.letters.Take(r.delivery(strings.Repeat("x", 1<<20)), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
				}
				bridgetest.Pass(time.Second)
				if n := p.Stranded()[r.part]; n != r.part.Pending() {
					t.Errorf("%d of %d letters are stranded", n, r.part.Pending())
				}
			})
		})
	}
}

// Letters to a destination of another group are sent without delay where the group flushes, and thrown away where
// their assignments have ended.
func TestLettersToAnotherGroupsDestinationAreFlushed(t *testing.T) {
	inTestbed(t, &bridgetest.Sink{}, func(r *testbed) {
		p := r.newPipeline(t, func(o *Options) { o.Lanes = []*delivery.Lane{nil} })
		r.letters.ToLane(r.lane)
		r.letters.Take(r.delivery("x"), "other", message.ReasonRejected, &sink.Failure{Code: "c"})
		synctest.Wait()
		p.Flush()
		synctest.Wait()
		if n := len(r.far.Accepted()); n != 1 {
			t.Errorf("%d letters left", n)
		}
		r.letters.Take(r.delivery("y"), "other", message.ReasonRejected, &sink.Failure{Code: "c"})
		synctest.Wait()
		r.part.Close()
		p.Sweep()
		if n := r.lane.Left().Held; n != 0 {
			t.Errorf("%d letters are held", n)
		}
	}, func(o *delivery.LaneOptions) { o.Linger = time.Hour })
}
