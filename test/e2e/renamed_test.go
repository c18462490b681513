package e2e

import (
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// TestRenamedIsolatedDestinationGetsEachRecordOnce renames an isolated destination whose queue is down, isolated
// or no longer so under its new name, and back again: every record comes once to each queue.
func TestRenamedIsolatedDestinationGetsEachRecordOnce(t *testing.T) {
	for name, change := range changes {
		for as, isolated := range map[string]bool{"isolated": true, "shared": false} {
			t.Run(name+"/"+as, func(t *testing.T) {
				onBothKafkas(t, func(t *testing.T, b *broker) {
					h := newHandover(t, b)
					p := start(t, h.configOf(true, false)).ready()
					h.produce(t, 200)
					h.arrive(t)
					fault := h.cloud.Inject(fake.Fault{Target: "ledger", Effect: fake.QueueMissing()})
					h.produce(t, 300)
					h.orders.wait(t, h.sent())
					b.committed(t, h.group, h.topic)
					p = change(t, p, renamedConfig(h, isolated))
					p.await("the queue to be tried", func() bool {
						_, problems := p.problems()
						return problems["destination books"] != "" || problems["destination books of group "+h.group+".books"] != ""
					})
					fault.Remove()
					h.produce(t, 200)
					h.arrive(t)
					p = change(t, p.ready(), h.configOf(true, false))
					h.produce(t, 200)
					h.arrive(t)
					b.committed(t, h.group+".ledger", h.topic)
					p.ready().stop()
					h.nothingTwice(t)
				})
			})
		}
	}
}

// renamedConfig calls the destination of the queue ledger by another name.
func renamedConfig(h *handover, isolated bool) string {
	return strings.NewReplacer("ledger: {sqs: ledger", "books: {sqs: ledger", "orders, ledger, audit", "orders, books, audit").
		Replace(h.configOf(isolated, false))
}

// TestRenamingByTwoInstancesLosesNothing has two instances rename an isolated destination whose queue is down, one
// after the other: it misses nothing, and the others get nothing twice.
func TestRenamingByTwoInstancesLosesNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		h := newHandover(t, b)
		fault := h.cloud.Inject(fake.Fault{Target: "ledger", Effect: fake.QueueMissing()})
		one, two := start(t, h.configOf(true, false)), start(t, h.configOf(true, false))
		h.produce(t, 1000)
		h.orders.wait(t, h.sent())
		b.committed(t, h.group, h.topic)
		one.reload(renamedConfig(h, true))
		h.produce(t, 500)
		h.orders.wait(t, h.sent())
		fault.Remove()
		h.ledger.wait(t, 1)
		two.reload(renamedConfig(h, true))
		h.produce(t, 500)
		h.arrive(t)
		one.ready().stop()
		two.ready().stop()
		h.nothingTwice(t, h.ledger)
	})
}
