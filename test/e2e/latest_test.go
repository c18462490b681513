package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestLatestStartReadsNewTopicsFromTheirBeginning starts a group at the latest records, with an isolated
// destination beside the shared group: all that is new to the group later is read from its first record,
// whatever its stamps, unless the topic has a start of its own.
func TestLatestStartReadsNewTopicsFromTheirBeginning(t *testing.T) {
	for name, membership := range map[string]string{"dynamic": "", "static": ", instance_id: one, session_timeout: 5m"} {
		t.Run(name, func(t *testing.T) {
			onBothKafkas(t, func(t *testing.T, b *broker) { beginAtLatest(t, b, membership) })
		})
	}
}

func beginAtLatest(t *testing.T, b *broker, membership string) {
	t.Helper()
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger"}})
	ends := []*farEnd{watch(a.Queue("orders")), watch(a.Queue("ledger"))}
	id := unique()
	group := "latest-" + id
	topic := func(name string, n, from int) (string, []*kgo.Record) {
		name = b.topic(t, name+"-"+id, 2)
		records := events(name, n, 20, from)
		for _, r := range records {
			r.Timestamp = time.UnixMilli(1_000_000)
		}
		b.produce(t, records)
		return name, records
	}
	config := func(topics ...string) string {
		return fmt.Sprintf(`
kafka: {brokers: [%q], group: %s, start: latest%s}
topics: {/^pattern-%s/: {}%s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  orders: {sqs: orders}
  ledger: {sqs: ledger, isolated: true}
rules: [{name: all, to: [orders, ledger]}]
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, membership, id, strings.Join(append([]string{""}, topics...), ", "), a.URL)
	}
	var sent []*kgo.Record
	arrive := func(topics ...string) {
		t.Helper()
		for _, end := range ends {
			end.wait(t, len(sent))
		}
		b.committed(t, group, topics...)
		b.committed(t, group+".ledger", topics...)
	}
	// What was there before the first start is passed over.
	one, _ := topic("pattern", 500, 0)
	p := start(t, config()).ready()
	b.committed(t, group, one)
	b.committed(t, group+".ledger", one)
	sent = events(one, 100, 20, 1000)
	b.produce(t, sent)
	arrive(one)
	// A topic is made while the bridge is away.
	p.stop()
	two, records := topic("pattern", 100, 2000)
	sent = append(sent, records...)
	p = start(t, config()).ready()
	arrive(one, two)
	// Two topics are named while it runs, one of them from now on.
	history, records := topic("history", 100, 3000)
	sent = append(sent, records...)
	fromNow, _ := topic("now", 100, 4000)
	p.reload(config(history+": {}", fromNow+": {start: latest}"))
	b.committed(t, group, fromNow)
	records = events(fromNow, 100, 20, 5000)
	b.produce(t, records)
	sent = append(sent, records...)
	arrive(one, two, history, fromNow)
	// And a restart changes nothing.
	p.ready().stop()
	records = events(fromNow, 100, 20, 6000)
	b.produce(t, records)
	sent = append(sent, records...)
	p = start(t, config(history+": {}", fromNow+": {start: latest}"))
	arrive(one, two, history, fromNow)
	p.stop()
	for _, end := range ends {
		end.allArrived(t, sent)
	}
}

// TestTwoInstancesAgreeWhereTheGroupBegins starts two instances at once, and has them name a topic one after the
// other: they agree about where the group begins.
func TestTwoInstancesAgreeWhereTheGroupBegins(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger"}})
		ends := []*farEnd{watch(a.Queue("orders")), watch(a.Queue("ledger"))}
		group, one, two := "latest-"+unique(), b.topic(t, "one", 6), b.topic(t, "two", 6)
		config := func(topics string) string {
			return fmt.Sprintf(`
kafka: {brokers: [%q], group: %s, start: latest}
topics: {%s: {}%s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  orders: {sqs: orders}
  ledger: {sqs: ledger, isolated: true}
rules: [{name: all, to: [orders, ledger]}]
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, one, topics, a.URL)
		}
		var sent []*kgo.Record
		send := func(topic string, from int, arrive bool) {
			t.Helper()
			records := events(topic, 300, 50, from)
			b.produce(t, records)
			if sent = append(sent, records...); arrive {
				for _, end := range ends {
					end.wait(t, len(sent))
				}
			}
		}
		b.produce(t, events(one, 1000, 50, 100_000))
		b.produce(t, events(two, 1000, 50, 200_000))
		first, second := start(t, config("")), start(t, config(""))
		first.ready()
		second.ready()
		b.committed(t, group, one)
		send(one, 0, true)
		named := ", " + two + ": {start: latest}"
		first.reload(config(named))
		b.committed(t, group, two)
		b.committed(t, group+".ledger", two)
		send(two, 1000, false)
		second.reload(config(named))
		send(two, 2000, true)
		first.ready().stop()
		send(two, 3000, true)
		second.ready().stop()
		for _, end := range ends {
			end.allArrived(t, sent)
		}
	})
}
