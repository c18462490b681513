package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// latency is what a request takes in tests that want some in flight at any time.
const latency = 5 * time.Millisecond

// TestRebalanceLosesAndRepeatsNothing lets a second instance join and the first leave in mid-flow: nothing is missing,
// nothing comes twice, and the order of each message group is kept.
func TestRebalanceLosesAndRepeatsNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		a.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})
		group := "rebalance-" + unique()
		topic, fifo := b.topic(t, "orders", 8), b.topic(t, "payments", 6)
		// Nobody dies here, and the embedded broker counts the wait in a rebalance against the session.
		config := strings.Replace(twoQueues(b, a, group, topic, fifo), "session_timeout: 10s", "session_timeout: 30s", 1)

		const each = 2500
		var records, payments []*kgo.Record
		feed := func() {
			r, p := events(topic, each, 300, len(records)), events(fifo, each/2, 200, len(payments))
			b.produce(t, append(append([]*kgo.Record{}, r...), p...))
			records, payments = append(records, r...), append(payments, p...)
		}
		// feedUntil keeps records coming until an instance has read some of them.
		feedUntil := func(p *process) {
			t.Helper()
			p.await("records through an instance that joined", func() bool {
				feed()
				v := p.metric(`sluice_records_consumed_total{group="` + group + `",topic="` + topic + `"}`)
				return v != "" && v != "0"
			})
		}
		one := start(t, config)
		feedUntil(one)
		two := start(t, config)
		feedUntil(two)
		one.stop()
		three := start(t, config)
		feedUntil(three)
		orders.wait(t, len(records))
		ledger.wait(t, len(payments))
		three.stop()
		two.stop()
		b.committed(t, group, topic, fifo)

		orders.allArrived(t, records)
		ledger.allArrived(t, payments)
		ledger.inOrder(t)
	})
}
