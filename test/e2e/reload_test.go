package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestReloadLosesAndRepeatsNothing changes rules, destinations and settings in mid-flow, with a bad
// file between: nothing is missing, nothing comes twice, order is kept, and the bad file changes
// nothing.
func TestReloadLosesAndRepeatsNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "orders-new", "ledger.fifo"}})
		orders, newOrders, ledger := watch(a.Queue("orders")), watch(a.Queue("orders-new")), watch(a.Queue("ledger.fifo"))
		a.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})
		group := "reload-" + unique()
		topic, fifo := b.topic(t, "orders", 6), b.topic(t, "payments", 4)
		config := twoQueues(b, a, group, topic, fifo)

		records, payments := events(topic, 20000, 300, 0), events(fifo, 20000, 200, 0)
		b.produce(t, append(append([]*kgo.Record{}, records[:10000]...), payments[:10000]...))
		p := start(t, config)
		ledger.wait(t, 2000)

		reloads := func(result string, want int) {
			t.Helper()
			p.await("reload: "+result, func() bool {
				return p.metric(`sluice_config_reloads_total{result="`+result+`"}`) == fmt.Sprint(want)
			})
		}
		// The FIFO destination changes in a setting, so that its lane is another one: what the old
		// one holds goes first.
		p.write(strings.Replace(config, "{sqs: ledger.fifo}", "{sqs: ledger.fifo, concurrency: 16}", 1))
		reloads("success", 1)
		p.write(config + "\nnonsense: true\n")
		reloads("failure", 1)
		b.produce(t, append(append([]*kgo.Record{}, records[10000:15000]...), payments[10000:15000]...))
		ledger.wait(t, 12000)
		p.write(strings.Replace(config, "{sqs: ledger.fifo}", "{sqs: ledger.fifo, batch: {max_messages: 5}}", 1))
		reloads("success", 2)
		b.produce(t, payments[15000:])
		orders.wait(t, 15000)

		// Another queue for the orders, and another limit, for which the group is joined anew.
		p.write(strings.Replace(config, "{sqs: orders}", "{sqs: orders-new}", 1) + "\nlimits: {in_flight: 5000}\n")
		p.Signal(syscall.SIGHUP) // beside the change of the file
		p.await("the next reload", func() bool { return p.metric(`sluice_config_reloads_total{result="success"}`) >= "3" })
		b.produce(t, records[15000:])
		newOrders.wait(t, 5000)
		ledger.wait(t, len(payments))
		p.stop()
		b.committed(t, group, topic, fifo)

		orders.allArrived(t, records[:15000])
		newOrders.allArrived(t, records[15000:])
		ledger.allArrived(t, payments)
		ledger.inOrder(t)
		if !strings.Contains(p.Log.String(), "nonsense") {
			t.Error("the log does not name the unknown key of the bad file")
		}
	})
}

// TestReloadMendsABrokenDestination sends to a queue that does not exist and corrects its name by a
// reload: what waited arrives, and the other destination never stopped.
func TestReloadMendsABrokenDestination(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		group := "mend-" + unique()
		topic, fifo := b.topic(t, "orders", 3), b.topic(t, "payments", 3)
		config := twoQueues(b, a, group, topic, fifo)
		records, payments := events(topic, 2000, 30, 0), events(fifo, 2000, 50, 0)
		b.produce(t, append(append([]*kgo.Record{}, records...), payments...))

		p := start(t, strings.Replace(config, "{sqs: orders}", "{sqs: oders}", 1))
		ledger.wait(t, len(payments))
		p.await("readiness to name the queue", func() bool {
			status, body := p.get("/readyz")
			return status == 503 && strings.Contains(body, "destination orders")
		})
		p.write(config)
		orders.wait(t, len(records))
		p.ready().stop()
		b.committed(t, group, topic, fifo)
		orders.allArrived(t, records)
		ledger.allArrived(t, payments)
		ledger.inOrder(t)
	})
}
