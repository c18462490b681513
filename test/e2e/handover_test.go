package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestEndOfIsolationSendsEachRecordOnce turns isolation off behind a broken queue, by a reload and by
// a restart, then mends the queue, and turns isolation on and off again: every record comes once to
// each queue.
func TestEndOfIsolationSendsEachRecordOnce(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			onBothKafkas(t, func(t *testing.T, b *broker) {
				h := newHandover(t, b)
				fault := h.cloud.Inject(fake.Fault{Target: "ledger", Effect: fake.QueueMissing()})
				h.produce(t, 2000)
				p := start(t, h.config(true))
				h.orders.wait(t, h.sent())
				b.committed(t, h.group, h.topic)
				p = change(t, p, h.config(false))
				h.produce(t, 100)
				fault.Remove()
				h.arrive(t)
				for _, isolated := range []bool{true, false} {
					h.produce(t, 200)
					h.arrive(t)
					p = change(t, p.ready(), h.config(isolated))
				}
				h.produce(t, 200)
				h.arrive(t)
				p.ready().stop()
				h.nothingTwice(t)
				b.noDeadLetters(t, h.group)
			})
		})
	}
}

// TestIsolationChangesInMidFlowLoseNothing turns isolation off and on while records come and both queues are well.
func TestIsolationChangesInMidFlowLoseNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		h := newHandover(t, b)
		h.cloud.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})
		p := start(t, h.config(true)).ready()
		for i := range 6 {
			h.produce(t, 1000)
			h.orders.wait(t, h.sent()-900)
			p.reload(h.config(i%2 == 1))
		}
		h.arrive(t)
		p.ready().stop()
		h.nothingTwice(t)
	})
}

// TestKilledHandoverLosesNothing kills the bridge while it catches up for a destination that is no longer
// isolated: that misses nothing, and the others get nothing twice.
func TestKilledHandoverLosesNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		h := newHandover(t, b)
		h.cloud.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})
		fault := h.cloud.Inject(fake.Fault{Target: "ledger", Effect: fake.QueueMissing()})
		h.produce(t, 6000)
		p := start(t, h.config(true))
		h.orders.wait(t, h.sent())
		b.committed(t, h.group, h.topic)
		p.stop()
		fault.Remove()
		for _, until := range []int{500, 2500} {
			p = start(t, h.config(false))
			h.ledger.wait(t, until)
			p.kill()
		}
		p = start(t, h.config(false))
		h.arrive(t)
		p.stop()
		h.nothingTwice(t, h.ledger)
	})
}

// TestHandoverByTwoInstancesLosesNothing has two instances turn isolation off one after the other:
// the destination misses nothing, and the others get nothing twice.
func TestHandoverByTwoInstancesLosesNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		h := newHandover(t, b)
		fault := h.cloud.Inject(fake.Fault{Target: "ledger", Effect: fake.QueueMissing()})
		h.produce(t, 2000)
		one, two := start(t, h.config(true)), start(t, h.config(true))
		h.orders.wait(t, h.sent())
		b.committed(t, h.group, h.topic)
		one.reload(h.config(false))
		fault.Remove()
		h.produce(t, 2000)
		h.ledger.wait(t, 1000)
		two.reload(h.config(false))
		h.produce(t, 500)
		h.arrive(t)
		one.ready().stop()
		two.ready().stop()
		for _, end := range []*farEnd{h.orders, h.ledger, h.audit} {
			end.noneMissing(t, h.records)
		}
		if n := h.orders.duplicates(); n > 0 {
			t.Errorf("%d duplicates for a destination that nothing changed for", n)
		}
	})
}

// handover is a topic that three queues get, two of them isolated at times: ledger, a standard one that
// shows every duplicate, and audit.fifo, which shows the order.
type handover struct {
	broker                *broker
	cloud                 *fake.AWS
	group, topic          string
	orders, ledger, audit *farEnd
	records               []*kgo.Record
}

func newHandover(t *testing.T, b *broker) *handover {
	t.Helper()
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger", "audit.fifo"}})
	return &handover{broker: b, cloud: a, group: "handover-" + unique(), topic: b.topic(t, "orders", 3),
		orders: watch(a.Queue("orders")), ledger: watch(a.Queue("ledger")), audit: watch(a.Queue("audit.fifo"))}
}

func (h *handover) produce(t *testing.T, n int) {
	t.Helper()
	more := events(h.topic, n, 50, len(h.records))
	h.broker.produce(t, more)
	h.records = append(h.records, more...)
}

// arrive waits until all has arrived everywhere.
func (h *handover) arrive(t *testing.T) {
	t.Helper()
	for _, end := range []*farEnd{h.orders, h.ledger, h.audit} {
		end.wait(t, h.sent())
	}
	h.broker.committed(t, h.group, h.topic)
}

// nothingTwice checks that each record came once, and in order.
func (h *handover) nothingTwice(t *testing.T, but ...*farEnd) {
	t.Helper()
	for _, end := range []*farEnd{h.orders, h.ledger, h.audit} {
		if slices.Contains(but, end) {
			end.noneMissing(t, h.records)
		} else {
			end.allArrived(t, h.records)
		}
	}
	h.audit.inOrder(t)
}

func (h *handover) sent() int { return len(h.records) }

func (h *handover) config(isolated bool) string { return h.configOf(isolated, isolated) }

func (h *handover) configOf(ledger, audit bool) string {
	return fmt.Sprintf(`
kafka: {brokers: [%[1]q], group: %[2]s, session_timeout: 10s}
aws: {region: eu-west-1, endpoint: %[3]q}
destinations:
  orders: {sqs: orders}
  ledger: {sqs: ledger, isolated: %[4]v}
  audit: {sqs: audit.fifo, isolated: %[5]v}
rules: [{name: all, topics: [%[6]s], to: [orders, ledger, audit]}]
limits: {in_flight: 1000}
commit_interval: 200ms
drain_timeout: 2s
admin: {listen: ADMIN}
`, h.broker.addr, h.group, h.cloud.URL, ledger, audit, h.topic)
}
