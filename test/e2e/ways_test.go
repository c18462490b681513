package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// way is a destination with all that is on the way to it, from a Kafka topic of its own to what
// counts at its far end.
type way struct {
	name    string // of the destination
	service fake.Service
	target  string // the queue or topic that the bridge sends to
	address string // of the target, as the configuration names it
	topic   string // in Kafka
	end     *farEnd
	traffic *fake.Traffic
}

func (w *way) fifo() bool { return strings.HasSuffix(w.target, ".fifo") }

// action is the API call that sends.
func (w *way) action() string {
	if w.service == fake.SNS {
		return "PublishBatch"
	}
	return "SendMessageBatch"
}

// toQueue makes a way to a queue of the name, FIFO where that ends so.
func toQueue(t *testing.T, b *broker, a *fake.AWS, name string, partitions int32) *way {
	t.Helper()
	q, err := a.CreateQueue(name, fake.QueueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	short := strings.TrimSuffix(name, ".fifo")
	return &way{
		name: short, service: fake.SQS, target: name, address: "sqs: " + name,
		topic: b.topic(t, short, partitions), end: watch(q), traffic: q.Traffic,
	}
}

// toTopic makes a way to a topic of the name, watched through a queue that subscribes to it.
func toTopic(t *testing.T, b *broker, a *fake.AWS, name string, partitions int32) *way {
	t.Helper()
	short, fifo := strings.CutSuffix(name, ".fifo")
	subscriber := short + "-sub"
	if fifo {
		subscriber += ".fifo"
	}
	end := watch(fanOut(t, a, name, subscriber))
	return &way{
		name: short, service: fake.SNS, target: name, address: fmt.Sprintf("sns: %q", a.Topic(name).ARN),
		topic: b.topic(t, short, partitions), end: end, traffic: a.Topic(name).Traffic,
	}
}

// fourWays makes a way to each kind of destination.
func fourWays(t *testing.T, b *broker, a *fake.AWS, partitions int32) []*way {
	t.Helper()
	return []*way{
		toQueue(t, b, a, "orders", partitions),
		toQueue(t, b, a, "ledger.fifo", partitions),
		toTopic(t, b, a, "alerts", partitions),
		toTopic(t, b, a, "audit.fifo", partitions),
	}
}

// quickRetry keeps tests of many failures short.
const quickRetry = "retry: {initial: 5ms, max: 50ms}"

// waysConfig routes each topic to its destination; settings go to every destination, more to the
// end of the file.
func waysConfig(b *broker, a *fake.AWS, group string, ways []*way, settings, more string) string {
	var c strings.Builder
	fmt.Fprintf(&c, "kafka: {brokers: [%q], group: %s}\n", b.addr, group)
	fmt.Fprintf(&c, "aws: {region: eu-west-1, endpoint: %q}\n", a.URL)
	c.WriteString("commit_interval: 200ms\nadmin: {listen: ADMIN}\ndestinations:\n")
	for _, w := range ways {
		fmt.Fprintf(&c, "  %s: {%s}\n", w.name, strings.TrimSuffix(w.address+", "+settings, ", "))
	}
	c.WriteString("rules:\n")
	for _, w := range ways {
		fmt.Fprintf(&c, "  - {name: %s, topics: [%s], to: [%s]}\n", w.name, w.topic, w.name)
	}
	return c.String() + more
}

// feed produces n events to each way and returns them by way.
func feed(t *testing.T, b *broker, ways []*way, n, accounts, from int) [][]*kgo.Record {
	t.Helper()
	out := make([][]*kgo.Record, len(ways))
	for i, w := range ways {
		out[i] = events(w.topic, n, accounts, from)
	}
	b.produce(t, slices.Concat(out...))
	return out
}

func topicsOf(ways []*way) []string {
	var names []string
	for _, w := range ways {
		names = append(names, w.topic)
	}
	return names
}

// checkOrder checks that a FIFO way kept the order of each group, and never had a group on the wire
// twice at once.
func (w *way) checkOrder(t *testing.T) {
	t.Helper()
	if !w.fifo() {
		return
	}
	w.end.inOrder(t)
	if n, o := w.traffic.GroupOverlaps(); n > 0 {
		t.Errorf("%s: %d requests overlapped in a message group, such as %s", w.target, n, o[0].Group)
	}
}

// entries sums the messages of the requests that sent to a way and that which says yes to.
func (w *way) entries(which func(fake.Request) bool) int {
	n := 0
	for _, r := range w.traffic.Requests() {
		if r.Action == w.action() && which(r) {
			n += r.Entries
		}
	}
	return n
}

func faulted(r fake.Request) bool    { return r.Faulted }
func anyRequest(r fake.Request) bool { return true }
