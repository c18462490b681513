package e2e

import (
	"strings"
	"testing"
)

// TestHandoverOfStaticMembersSendsEachRecordOnce ends isolation and begins it again within the session of
// static members, which are members still when they have stopped: every record comes once to each queue.
func TestHandoverOfStaticMembersSendsEachRecordOnce(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			onBothKafkas(t, func(t *testing.T, b *broker) {
				h := newHandover(t, b)
				static := func(isolated bool) string {
					return strings.Replace(h.config(isolated), "session_timeout: 10s", "session_timeout: 60s, instance_id: one", 1)
				}
				p := start(t, static(true)).ready()
				for _, isolated := range []bool{false, true, false, true} {
					h.produce(t, 100)
					h.arrive(t)
					if !isolated {
						b.committed(t, h.group+".ledger", h.topic)
						b.committed(t, h.group+".audit", h.topic)
					}
					p = change(t, p.ready(), static(isolated))
				}
				h.produce(t, 100)
				h.arrive(t)
				p.ready().stop()
				h.nothingTwice(t)
			})
		})
	}
}

// TestChangedStaticIDKeepsItsPartitions gives a static member another id by a reload: its partitions are not
// left with the earlier one for the rest of a session.
func TestChangedStaticIDKeepsItsPartitions(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		h := newHandover(t, b)
		static := func(id string) string {
			return strings.Replace(h.config(true), "session_timeout: 10s", "session_timeout: 5m, rebalance_timeout: 10m, instance_id: "+id, 1)
		}
		p := start(t, static("one")).ready()
		h.produce(t, 100)
		h.arrive(t)
		p.reload(static("two"))
		h.produce(t, 100)
		h.arrive(t)
		p.ready().stop()
		h.nothingTwice(t)
	})
}
