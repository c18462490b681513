package e2e

import (
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// changes are the ways in which a process comes to another configuration.
var changes = map[string]func(*testing.T, *process, string) *process{
	"reload": func(_ *testing.T, p *process, config string) *process { p.reload(config); return p },
	"restart": func(t *testing.T, p *process, config string) *process {
		p.stop()
		return start(t, config)
	},
}

// TestIsolatingAnotherDestinationSendsEachRecordOnce isolates a destination beside one that is
// isolated and down, ends that of the first, and isolates it again: every record comes once to each
// queue.
func TestIsolatingAnotherDestinationSendsEachRecordOnce(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			onBothKafkas(t, func(t *testing.T, b *broker) {
				h := newHandover(t, b)
				p := start(t, h.configOf(true, false)).ready()
				h.produce(t, 300)
				h.arrive(t)
				fault := h.cloud.Inject(fake.Fault{Target: "ledger", Effect: fake.QueueMissing()})
				h.produce(t, 300)
				h.orders.wait(t, h.sent())
				h.audit.wait(t, h.sent())
				b.committed(t, h.group, h.topic)
				p = change(t, p, h.configOf(true, true))
				h.produce(t, 300)
				h.orders.wait(t, h.sent())
				h.audit.wait(t, h.sent())
				b.committed(t, h.group, h.topic)
				b.committed(t, h.group+".audit", h.topic)
				p = change(t, p, h.configOf(false, true))
				fault.Remove()
				h.produce(t, 300)
				h.arrive(t)
				p = change(t, p.ready(), h.configOf(true, true))
				h.produce(t, 300)
				h.arrive(t)
				b.committed(t, h.group+".ledger", h.topic)
				b.committed(t, h.group+".audit", h.topic)
				p.ready().stop()
				h.nothingTwice(t)
			})
		})
	}
}

// TestDeletedIsolatedGroupIsReadAgain deletes the group of an isolated destination while nothing runs: the bridge
// starts, and the destination gets again what came since it was isolated.
func TestDeletedIsolatedGroupIsReadAgain(t *testing.T) {
	b := embedded(t)
	h := newHandover(t, b)
	p := start(t, h.configOf(false, false)).ready()
	h.produce(t, 300)
	h.arrive(t)
	since := h.sent()
	p.reload(h.configOf(true, false))
	h.produce(t, 300)
	h.arrive(t)
	own := h.group + ".ledger"
	b.committed(t, own, h.topic)
	p.stop()
	if _, err := b.admin.DeleteGroup(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	p = start(t, h.configOf(true, false)).ready()
	h.produce(t, 300)
	h.arrive(t)
	b.committed(t, own, h.topic)
	p.stop()
	h.nothingTwice(t, h.ledger)
	if n := h.ledger.duplicates(); n != 300 {
		t.Errorf("%d records came twice; want those %d since it was isolated", n, h.sent()-300-since)
	}
}
