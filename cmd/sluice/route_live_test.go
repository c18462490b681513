package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/test/parts"
)

// writeFile writes a configuration for this world's broker.
func (w world) writeFile(t *testing.T, text string) string {
	t.Helper()
	return liveFile(t, text, w.kafka.Addresses()[0])
}

func liveFile(t *testing.T, text, broker string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bridge.yaml")
	text = strings.ReplaceAll(text, "localhost:9092", broker)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const liveConfig = `
kafka: {brokers: ["localhost:9092"], group: orders-bridge}
aws: {region: eu-west-1}
destinations:
  ledger: {sqs: ledger.fifo, group_id: value.account}
rules:
  - {name: numbers, topics: [TOPIC], when: value.n >= 0, to: [ledger]}
`

// Records are read from the embedded broker and from Apache Kafka: the last ones, single ones,
// those since a time.
func TestRouteReadsRecordsFromKafka(t *testing.T) {
	embedded := func(t *testing.T) string {
		k, err := fake.StartKafka(fake.KafkaOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(k.Close)
		return k.Addresses()[0]
	}
	for name, broker := range map[string]func(*testing.T) string{
		"embedded": embedded,
		"real":     func(t *testing.T) string { return parts.Kafka(t) },
	} {
		t.Run(name, func(t *testing.T) { testRouteLive(t, broker(t)) })
	}
}

func testRouteLive(t *testing.T, broker string) {
	topic := fmt.Sprintf("route-%d", time.Now().UnixNano())
	client, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	created, err := admin.CreateTopic(t.Context(), 3, 1, nil, topic)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = admin.DeleteTopic(context.Background(), topic) }()
	begin := time.Now().Add(-time.Hour).Truncate(time.Second)
	for i := range 10 {
		r := &kgo.Record{Topic: topic, Partition: int32(i % 3), Timestamp: begin.Add(time.Duration(i) * time.Minute), Value: fmt.Appendf(nil, `{"n":%d,"account":"a%d"}`, i, i)}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	meta, err := admin.BrokerMetadata(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	origin := meta.Cluster + "." + base64.RawURLEncoding.EncodeToString(created.ID[:])
	file := liveFile(t, strings.ReplaceAll(liveConfig, "TOPIC", topic), broker)
	args := []string{"route", "-c", file, "--topic", topic}

	for _, c := range []struct{ flags, want string }{
		{"--last 4", "0:2 1:2 2:2 0:3"},
		{"--last 100", "0:0 1:0 2:0 0:1 1:1 2:1 0:2 1:2 2:2 0:3"},
		{"--offset 2:1 --offset 0:3", "2:1 0:3"},
		{"--from 54m30s", "0:2 1:2 2:2 0:3"},
		{"--from " + begin.Add(2*time.Minute).Format(time.RFC3339) + " --limit 3", "2:0 0:1 1:1"},
		{"--from 1s", ""},
	} {
		got := sluice("", append(args, append([]string{"--json"}, strings.Fields(c.flags)...)...)...)
		var places []string
		for line := range strings.Lines(got.stdout) {
			var partition, offset int
			_, tail, _ := strings.Cut(line, `"partition":`)
			if _, err := fmt.Sscanf(tail, `%d,"offset":%d`, &partition, &offset); err != nil {
				t.Fatal(err, line)
			}
			if id := fmt.Sprintf(`"deduplication_id":"%s.%d.%d"`, origin, partition, offset); !strings.Contains(line, id) {
				t.Errorf("%s: no %s in %s", c.flags, id, line)
			}
			places = append(places, fmt.Sprintf("%d:%d", partition, offset))
		}
		if got.code != 0 || got.stderr != "" || strings.Join(places, " ") != c.want {
			t.Errorf("%s: exit %d, error %q, records %v; want %s", c.flags, got.code, got.stderr, places, c.want)
		}
	}

	got := sluice("", append(args, "--offset", "1:7", "--offset", "1:1")...)
	if got.code != exitFailed || !strings.Contains(got.stderr, "offset 1:7: there is no record") ||
		!strings.Contains(got.stdout, topic+"/1/1: routed to ledger") || strings.Contains(got.stdout, "stand for") {
		t.Errorf("%+v", got)
	}
	if got := sluice("", append(args, "--last", "1", "--topic", topic+"-gone")...); got.code != exitFailed || !strings.Contains(got.stderr, "does not exist") {
		t.Errorf("%+v", got)
	}
	other := liveFile(t, strings.ReplaceAll(strings.ReplaceAll(liveConfig, "TOPIC", topic), ">= 0", "> 6"), broker)
	if got := sluice("", append(args, "--last", "5", "--diff", other)...); got.code != exitFailed || !strings.Contains(got.stdout, "5 events, 2 differ") {
		t.Errorf("%+v", got)
	}
}

// A broker that is not there is told of in time.
func TestRouteTellsOfASilentBrokerInTime(t *testing.T) {
	file := liveFile(t, liveConfig, "127.0.0.1:1")
	began := time.Now()
	got := sluice("", "route", "-c", file, "--topic", "t", "--last", "1", "--timeout", "300ms")
	if got.code != exitFailed || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, "sluice validate --connect says more") || time.Since(began) > 10*time.Second {
		t.Errorf("%+v after %v", got, time.Since(began))
	}
}
