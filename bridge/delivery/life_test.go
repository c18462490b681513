package delivery

import (
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
)

// modelStep is something that happens to a bridge.
type modelStep struct {
	do      string
	p, n    int
	records []modelRecord
	d       time.Duration
}

func drawStep(t *rapid.T) modelStep {
	s := modelStep{p: rapid.IntRange(0, 1).Draw(t, "partition"), do: rapid.SampledFrom([]string{
		"read", "read", "read", "pass", "pass", "commit", "revoke", "lose", "assign", "reload", "flush",
	}).Draw(t, "step")}
	switch s.do {
	case "read":
		s.n = rapid.IntRange(1, 15).Draw(t, "at most")
		for range s.n {
			s.records = append(s.records, modelRecord{
				offset: int64(rapid.SampledFrom([]int{1, 1, 1, 2, 7}).Draw(t, "gap")),
				group:  rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "group"),
				lanes:  rapid.SampledFrom([][]int{{0}, {1}, {2}, {0, 1}, {0, 1, 2}, {}}).Draw(t, "to"),
				fault:  fault(max(0, rapid.IntRange(-10, int(faults)-1).Draw(t, "fault"))),
				times:  rapid.IntRange(1, 4).Draw(t, "times"),
			})
		}
	case "pass":
		s.d = time.Duration(rapid.SampledFrom([]int{1, 20, 35, 50, 300, 5000}).Draw(t, "ms")) * time.Millisecond
	case "revoke":
		s.d = time.Duration(rapid.SampledFrom([]int{1, 30, 100, 10_000}).Draw(t, "ms")) * time.Millisecond
	case "reload":
		s.n = rapid.IntRange(0, 2).Draw(t, "destination")
	}
	return s
}

func (m *lifeModel) step(s modelStep) {
	switch s.do {
	case "read":
		m.write(s.p, s.n, s.records)
		m.read(s.p, s.n)
	case "pass":
		bridgetest.Pass(s.d)
	case "commit":
		m.commit(s.p)
	case "revoke":
		m.end(s.p, s.d)
	case "lose":
		m.end(s.p, 0)
	case "assign":
		m.assign(s.p)
	case "reload":
		m.reload(s.n)
	case "flush":
		m.each((*Lane).Flush)
	}
}

// Whatever happens to partitions and destinations, the marks are exactly where the reference has
// them, nothing is lost, each delivery ends once, groups keep their order and are in one request at
// a time, the window's books balance, and what waits keeps no fetch in memory.
func TestDeliveryAgreesWithItsModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 40).Draw(rt, "steps")
		refusals := rapid.IntRange(0, 3).Draw(rt, "refusals")
		var wrong []string
		synctest.Test(t, func(t *testing.T) {
			m := newLifeModel(t, refusals)
			defer m.r.close()
			defer m.each((*Lane).Close)
			for i := 0; i < len(steps) && len(m.wrong) == 0; i++ {
				m.step(steps[i])
				m.check()
			}
			if len(m.wrong) == 0 {
				m.finish()
			}
			wrong = m.wrong
		})
		if len(wrong) > 0 {
			rt.Fatal(wrong[0])
		}
	})
}
