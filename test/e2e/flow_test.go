package e2e

import (
	"fmt"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// TestEventsArriveAtQueuesAndTopics sends 100,000 events, or as many as load allows, of four topics
// to a standard and a FIFO queue, a standard and a FIFO topic at once, counts them at the far end,
// and compares the committed offsets.
func TestEventsArriveAtQueuesAndTopics(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		alerts := watch(fanOut(t, a, "alerts", "alerts-sub"))
		audit := watch(fanOut(t, a, "audit.fifo", "audit-sub.fifo"))

		group := "flow-" + unique()
		topics := []string{b.topic(t, "orders", 8), b.topic(t, "payments", 6), b.topic(t, "alerts", 4), b.topic(t, "audit", 3)}
		sent := [][]int{{40000, 500}, {30000, 300}, {20000, 100}, {10000, 200}}
		ends := []*farEnd{orders, ledger, alerts, audit}

		p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  orders: {sqs: orders}
  ledger: {sqs: ledger.fifo, group_id: value.account}
  alerts: {sns: %q}
  audit:  {sns: %q}
rules:
  - {name: orders,   topics: [%s], match: {id: [{prefix: orders}]}, to: [orders], attributes: {kind: '"order"'}}
  - {name: payments, topics: [%s], when: 'value.seq >= 0', to: [ledger]}
  - {name: alerts,   topics: [%s], to: [alerts]}
  - {name: audit,    topics: [%s], to: [audit]}
admin: {listen: ADMIN}
`, b.addr, group, a.URL, a.Topic("alerts").ARN, a.Topic("audit.fifo").ARN, topics[0], topics[1], topics[2], topics[3])).ready()

		for i, topic := range topics {
			b.produce(t, events(topic, sent[i][0], sent[i][1], 0))
		}
		for i, topic := range topics {
			ends[i].wait(t, sent[i][0])
			ends[i].allArrived(t, events(topic, sent[i][0], sent[i][1], 0))
		}
		ledger.inOrder(t)
		audit.inOrder(t)
		b.committed(t, group, topics...)
		p.stop()
		b.committed(t, group, topics...)

		m := a.Queue("orders").Messages()[0]
		for _, name := range []string{"correlation_id", "kafka_topic", "kafka_position", "kafka_key", "kafka_timestamp", "kind"} {
			if m.Attributes[name].String == "" {
				t.Errorf("attribute %s is missing: %v", name, m.Attributes)
			}
		}
	})
}
