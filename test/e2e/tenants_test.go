package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/test/parts"
)

// TestStartRefusesTheGroupOfAnotherApplication starts in the group of an application that speaks the protocol
// of KIP-848, which Kafka would let it join: each would get a part of the records. Beside instances of its own
// it starts as ever.
func TestStartRefusesTheGroupOfAnotherApplication(t *testing.T) {
	t.Parallel()
	b := connect(t, parts.Kafka(t)) // the embedded one does not take a group back from KIP-848
	a := cloud(t, fake.Options{Queues: []string{"orders"}})
	group, topic := "beside-"+unique(), b.topic(t, "orders", 4)
	config := waysConfig(b, a, group, []*way{{name: "orders", address: "sqs: orders", topic: topic}}, "", "")
	other, err := kgo.NewClient(kgo.SeedBrokers(b.addr), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.ClientID("billing"),
		kgo.ServerSideBalancer(), kgo.DisableAutoCommit())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	reading, stop := context.WithCancel(t.Context())
	defer stop()
	records := events(topic, 200, 10, 0)
	b.produce(t, records[:100])
	for read := 0; read < 100; {
		wait, cancel := context.WithTimeout(reading, 60*time.Second)
		read += other.PollFetches(wait).NumRecords()
		if wait.Err() != nil {
			t.Fatal("the other application reads nothing")
		}
		cancel()
	}
	p := start(t, config)
	if p.exitCode() != 1 || !strings.Contains(p.Log.String(), "group "+group+" is in use by the protocol of KIP-848, which the bridge does not speak") {
		t.Fatalf("beside another application it does not end with code 1 and a sentence:\n%s", p.Log.Tail(20))
	}
	other.Close() // leaves
	end := watch(a.Queue("orders"))
	first := start(t, config).ready()
	second := start(t, config).ready()
	first.stop()
	third := start(t, config).ready()
	second.stop()
	b.produce(t, records[100:])
	b.committed(t, group, topic)
	end.allArrived(t, records)
	third.stop()
}
