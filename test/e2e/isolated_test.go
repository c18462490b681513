package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// TestBrokenIsolatedDestinationHoldsUpNoOther breaks an isolated destination to which all records
// go as well as to a shared one: the shared group commits everything meanwhile, with a window
// smaller than what waits.
func TestBrokenIsolatedDestinationHoldsUpNoOther(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		group, topic := "isolated-"+unique(), b.topic(t, "orders", 3)
		records := events(topic, 3000, 50, 0)
		b.produce(t, records)
		fault := a.Inject(fake.Fault{Target: "ledger.fifo", Effect: fake.QueueMissing()})
		p := start(t, isolatedConfig(b, a, group, topic, "isolated: true", "ledger"))
		orders.wait(t, len(records))
		b.committed(t, group, topic)
		own := group + ".ledger"
		if n := b.committedAt(t, own, topic); n > 0 {
			t.Errorf("group %s has committed %d records of a destination that is broken", own, n)
		}
		fault.Remove()
		ledger.wait(t, len(records))
		b.committed(t, own, topic)
		p.ready().stop()
		orders.allArrived(t, records)
		ledger.allArrived(t, records)
		ledger.inOrder(t)
		b.noDeadLetters(t, group)
		b.noDeadLetters(t, own)
	})
}

// TestLaterIsolatedDestinationGetsAllThatFollows adds an isolated destination by a reload: it gets
// what comes after the shared group's offsets, and all of that.
func TestLaterIsolatedDestinationGetsAllThatFollows(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		group, topic := "later-"+unique(), b.topic(t, "orders", 3)
		before, after := events(topic, 1000, 50, 0), events(topic, 1000, 50, 1000)
		b.produce(t, before)
		config := func(to string) string { return isolatedConfig(b, a, group, topic, "isolated: true", to) }
		p := start(t, strings.Replace(config(""), "  ledger: {sqs: ledger.fifo, isolated: true}\n", "", 1))
		b.committed(t, group, topic)
		p.write(config("ledger"))
		p.await("the reload", func() bool { return p.metric(`sluice_config_reloads_total{result="success"}`) == "1" })
		own := group + ".ledger"
		// It commits where it starts, even before a record comes.
		b.committed(t, own, topic)
		b.produce(t, after)
		b.committed(t, own, topic)
		b.committed(t, group, topic)
		// And is taken away again: its group leaves.
		p.write(strings.Replace(config(""), "  ledger: {sqs: ledger.fifo, isolated: true}\n", "", 1))
		p.await("the reload", func() bool { return p.metric(`sluice_config_reloads_total{result="success"}`) == "2" })
		p.ready().stop()
		orders.allArrived(t, append(before, after...))
		ledger.allArrived(t, after)
		ledger.inOrder(t)
	})
}

// isolatedConfig sends a topic to orders and, where named, to another.
func isolatedConfig(b *broker, a *fake.AWS, group, topic, settings, also string) string {
	return fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  orders: {sqs: orders}
  ledger: {sqs: ledger.fifo, %s}
rules: [{name: all, topics: [%s], to: [%s]}]
limits: {in_flight: 1000}
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, settings, topic, strings.TrimSuffix("orders, "+also, ", "))
}
