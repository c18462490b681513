package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestKilledBridgeLosesNothing kills the bridge with SIGKILL in mid-flow, several times, and starts it again: nothing
// is missing, a FIFO queue sees no duplicate and keeps its order.
func TestKilledBridgeLosesNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		// Some time on the wire, so that a kill always finds requests out.
		a.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})
		group := "kill-" + unique()
		topic, fifo := b.topic(t, "orders", 6), b.topic(t, "payments", 4)
		config := twoQueues(b, a, group, topic, fifo)

		records, payments := events(topic, 6000, 300, 0), events(fifo, 3000, 400, 0)
		b.produce(t, append(append([]*kgo.Record{}, records...), payments...))
		for _, until := range []int{1000, 3000} {
			p := start(t, config)
			orders.wait(t, until)
			p.kill()
		}
		p := start(t, config)
		orders.wait(t, len(records))
		ledger.wait(t, len(payments))
		b.committed(t, group, topic, fifo)
		p.stop()

		orders.noneMissing(t, records)
		ledger.allArrived(t, payments)
		ledger.inOrder(t)
	})
}

// TestStoppedBridgeLosesAndRepeatsNothing stops the bridge in good order in mid-flow and starts it
// again: nothing is missing and nothing comes twice.
func TestStoppedBridgeLosesAndRepeatsNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		a.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})
		group := "stop-" + unique()
		topic, fifo := b.topic(t, "orders", 6), b.topic(t, "payments", 4)
		config := twoQueues(b, a, group, topic, fifo)

		records, payments := events(topic, 6000, 300, 0), events(fifo, 3000, 400, 0)
		b.produce(t, append(append([]*kgo.Record{}, records...), payments...))
		for _, until := range []int{1000, 3000} {
			p := start(t, config).ready()
			orders.wait(t, until)
			p.stop()
		}
		p := start(t, config).ready()
		orders.wait(t, len(records))
		ledger.wait(t, len(payments))
		p.stop()
		b.committed(t, group, topic, fifo)

		orders.allArrived(t, records)
		ledger.allArrived(t, payments)
		ledger.inOrder(t)
	})
}

// twoQueues routes one topic to a standard queue and one to a FIFO queue.
func twoQueues(b *broker, a *fake.AWS, group, topic, fifo string) string {
	return strings.TrimSpace(fmt.Sprintf(`
kafka: {brokers: [%q], group: %s, session_timeout: 10s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  orders: {sqs: orders}
  ledger: {sqs: ledger.fifo}
rules:
  - {name: payments, topics: [%s], to: [ledger]}
  - {name: orders, topics: [%s], to: [orders]}
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, fifo, topic))
}
