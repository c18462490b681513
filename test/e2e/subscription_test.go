package e2e

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestTopicsAreReadByARegularExpression reads topics by a regular expression, one of which is made later, and not
// one that only looks like them.
func TestTopicsAreReadByARegularExpression(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		t.Parallel() // a new topic stays unseen for up to half a minute
		a := cloud(t, fake.Options{Queues: []string{"things"}})
		things := watch(a.Queue("things"))
		group, prefix := "regex-"+unique(), "iot"+unique()
		one, other := b.topic(t, prefix+".one", 2), b.topic(t, "not-"+prefix+".one", 1)
		records := events(one, 200, 10, 0)
		b.produce(t, append(events(other, 100, 10, 0), records...))
		p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {things: {sqs: things}}
rules: [{name: things, topics: ['/^%s\./'], to: [things]}]
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, prefix)).ready()
		b.committed(t, group, one)
		two := b.topic(t, prefix+".two", 2)
		records = append(records, events(two, 200, 10, 0)...)
		b.produce(t, records[200:])
		things.wait(t, len(records))
		b.committed(t, group, one, two)
		p.stop()
		things.allArrived(t, records)
		if n := b.committedAt(t, group, other); n > 0 {
			t.Errorf("%d records of %s were read", n, other)
		}
	})
}

// TestStartAppliesToANewGroupOnly starts a new group at the end, at the beginning and at a time; and a group that has
// offsets where it was, whatever the setting says.
func TestStartAppliesToANewGroupOnly(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"earliest", "latest", "time"}})
		topic := b.topic(t, "orders", 3)
		early := time.Now().Add(-2 * time.Hour)
		old, middle := events(topic, 100, 20, 0), events(topic, 100, 20, 100)
		for _, r := range old {
			r.Timestamp = early
		}
		for _, r := range middle {
			r.Timestamp = early.Add(time.Hour)
		}
		b.produce(t, append(append([]*kgo.Record{}, old...), middle...))
		config := func(queue, group, at string) string {
			return fmt.Sprintf(`
kafka: {brokers: [%q], group: %s, start: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {to: {sqs: %s}}
rules: [{name: all, topics: [%s], to: [to]}]
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, at, a.URL, queue, topic)
		}
		from := map[string]string{
			"earliest": "earliest", "latest": "latest",
			"time": early.Add(30 * time.Minute).UTC().Format(time.RFC3339),
		}
		want := map[string][]*kgo.Record{"earliest": append(append([]*kgo.Record{}, old...), middle...), "time": middle, "latest": nil}
		ends, groups, running := map[string]*farEnd{}, map[string]string{}, map[string]*process{}
		for name, at := range from {
			ends[name], groups[name] = watch(a.Queue(name)), "start-"+name+"-"+unique()
			running[name] = start(t, config(name, groups[name], at))
		}
		for name, p := range running {
			b.committed(t, groups[name], topic) // also that of latest, which has read nothing
			p.stop()
			ends[name].allArrived(t, want[name])
		}
		// What comes while the bridge is down is not lost, whatever the start.
		late := events(topic, 100, 20, 200)
		b.produce(t, late)
		for name := range from {
			running[name] = start(t, config(name, groups[name], "latest"))
		}
		for name, p := range running {
			b.committed(t, groups[name], topic)
			p.stop()
			ends[name].allArrived(t, append(append([]*kgo.Record{}, want[name]...), late...))
		}
	})
}

// TestAbortedTransactionsAreNotRead reads what transactions committed and not what they aborted; and everything
// where that is asked for.
func TestAbortedTransactionsAreNotRead(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"committed.fifo", "uncommitted"}})
		committed, uncommitted := watch(a.Queue("committed.fifo")), watch(a.Queue("uncommitted"))
		topic := b.topic(t, "orders", 2)
		c, err := kgo.NewClient(kgo.SeedBrokers(b.addr), kgo.TransactionalID("tx-"+unique()))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		all := events(topic, 600, 10, 0)
		var kept []*kgo.Record
		for i := range 6 {
			batch, end := all[i*100:(i+1)*100], kgo.TryCommit
			if i%2 == 1 {
				end = kgo.TryAbort
			} else {
				kept = append(kept, batch...)
			}
			err := errors.Join(c.BeginTransaction(), c.ProduceSync(t.Context(), batch...).FirstErr(), c.EndTransaction(t.Context(), end))
			if err != nil {
				t.Fatal("in a transaction:", err)
			}
		}
		config := func(group, isolation, queue string) string {
			return fmt.Sprintf(`
kafka: {brokers: [%q], group: %s, isolation_level: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {to: {sqs: %s}}
rules: [{name: all, topics: [%s], to: [to]}]
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, isolation, a.URL, queue, topic)
		}
		one := start(t, config("tx-"+unique(), "read_committed", "committed.fifo"))
		two := start(t, config("tx-"+unique(), "read_uncommitted", "uncommitted"))
		committed.wait(t, len(kept))
		uncommitted.wait(t, len(all))
		// The end of a transaction takes an offset of its own, which nobody reads.
		one.ready().stop()
		two.ready().stop()
		committed.allArrived(t, kept)
		committed.inOrder(t)
		uncommitted.allArrived(t, all)
	})
}
