package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestRecordRefusedByAProxyBecomesADeadLetter has something before each service refuse the requests with
// one record in them, without a service's word or with one that nobody knows. The others flow on, those
// of its message group behind it excepted; it becomes a dead letter, and nothing else does.
func TestRecordRefusedByAProxyBecomesADeadLetter(t *testing.T) {
	t.Parallel() // a message is called refused only after a while
	b := embedded(t)
	a := cloud(t, fake.Options{})
	ways := fourWays(t, b, a, 2)
	group := "proxy-" + unique()
	const each, accounts, refused = 200, 20, 50
	for i, effect := range []fake.Effect{
		fake.HTMLError(413), fake.HTMLError(403), fake.HTMLError(400),
		fake.ErrorEffect(fake.Error{Type: "NeverHeardOf", Code: "NeverHeardOf", Status: 400}),
	} {
		name := fmt.Sprintf(`"%s#%d"`, ways[i].topic, refused)
		a.Inject(fake.Fault{Target: ways[i].target, Action: ways[i].action(), Effect: effect,
			When: func(e fake.Entry) bool { return strings.Contains(e.Body, name) }})
	}
	records := feed(t, b, ways, each, accounts, 0)
	p := start(t, waysConfig(b, a, group, ways, "", ""))
	for _, w := range ways {
		others := each - 1
		if w.fifo() {
			others = each - (each-refused)/accounts - 1 // without what waits behind it
		}
		w.end.wait(t, others)
	}
	next := each
	p.await("what is refused to be dead letters", func() bool {
		for i, r := range feed(t, b, ways, 1, accounts, next) {
			records[i] = append(records[i], r...)
		}
		next++
		return b.end(t, letters(group)) == int64(len(ways))
	})
	for i, w := range ways {
		records[i] = slices.DeleteFunc(records[i], func(r *kgo.Record) bool {
			var e event
			return json.Unmarshal(r.Value, &e) == nil && e.Seq == refused
		})
		w.end.wait(t, len(records[i]))
	}
	b.committed(t, group, topicsOf(ways)...)
	p.ready().stop()
	for i, w := range ways {
		w.end.allArrived(t, records[i])
		w.checkOrder(t)
	}
	for _, l := range b.deadLetters(t, letters(group), len(ways)) {
		var e event
		if reason := headersOf(l)["sluice-reason"]; reason != "rejected" || json.Unmarshal(l.Value, &e) != nil || e.Seq != refused {
			t.Errorf("the dead letter of %s: %s", l.Value, reason)
		}
	}
}

// TestRaisedSizeLimitsAreNoticed raises the size limits of queues under a running bridge: the next record that they
// take arrives, and so does a dead letter that waits.
func TestRaisedSizeLimitsAreNoticed(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"dead"}})
	group, topic := "limits-"+unique(), b.topic(t, "orders", 1)
	queue, err := a.CreateQueue("ledger.fifo", fake.QueueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	end, dead := watch(queue), a.Queue("dead")
	limit := func(q *fake.Queue, bytes string) {
		if err := q.Set("MaximumMessageSize", bytes); err != nil {
			t.Fatal(err)
		}
	}
	produce := func(seq, size int) {
		value, _ := json.Marshal(event{ID: fmt.Sprint(seq), Account: "a", Seq: seq, Pad: strings.Repeat("x", size)})
		b.produce(t, []*kgo.Record{{Topic: topic, Key: []byte("a"), Value: value}})
	}
	limit(queue, "2048")
	limit(dead, "4096")
	p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {ledger: {sqs: ledger.fifo}, dead: {sqs: dead}}
rules: [{name: all, topics: [%s], to: [ledger]}]
dead_letter: {destination: dead}
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, topic))
	produce(1, 5000)
	p.await("a dead letter that is too large itself", func() bool {
		_, problems := p.problems()
		return strings.Contains(problems["dead letters"], topic+"/0/0")
	})
	limit(queue, "10240")
	produce(2, 5000)
	produce(3, 0)
	end.wait(t, 2)
	limit(dead, "1048576")
	within(t, "the dead letter to leave", dead.WaitCount, 1)
	b.committed(t, group, topic)
	p.ready().stop()
	end.inOrder(t)
	if n := dead.Count(); n != 1 {
		t.Errorf("%d dead letters", n)
	}
}
