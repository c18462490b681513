package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/daemon"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/forecast/event"
)

// What route foretells is what the bridge sends: each delivery, attribute and id, but for the part
// of the ids that is not known offline.
func TestRouteForetellsTheBridge(t *testing.T) {
	w := newWorld(t, fake.KafkaOptions{Topics: map[string]int32{"orders": 1, "alarms": 1, "iot.thermo": 1}},
		fake.Options{Queues: []string{"fulfilment", "ledger.fifo"}, Topics: []string{"alerts"}})
	events := produce(t, w)
	text, err := os.ReadFile(ordersFile)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.ReplaceAll(string(text), "localhost:9092", w.kafka.Addresses()[0]))
	cfg, err := config.Parse(text, "bridge.yaml", []string{
		"SLUICE_KAFKA__BROKERS=" + strings.Join(w.kafka.Addresses(), ","), "SLUICE_AWS__ENDPOINT=" + w.aws.URL,
		"SLUICE_ADMIN__LISTEN="})
	if err != nil {
		t.Fatal(err)
	}
	want := foretold(t, sluice(string(events), "route", "-c", ordersFile, "--json"), unplaced)
	exact := map[string][]string{} // read from Kafka, where every id is known
	for _, topic := range []string{"orders", "alarms", "iot.thermo"} {
		live := sluice("", "route", "-c", w.writeFile(t, string(text)), "--json", "--topic", topic, "--last", "1000")
		for name, messages := range foretold(t, live, whole) {
			exact[name] = append(exact[name], messages...)
		}
	}
	sum := 0
	for _, messages := range want {
		sum += len(messages)
	}
	if sum < 10 {
		t.Fatalf("only %d deliveries: %q", sum, want)
	}

	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- daemon.New(daemon.Options{Log: zap.NewNop()}).Run(ctx, t.Context(), cfg) }()
	sent := map[string]interface {
		WaitCount(context.Context, int) error
		Messages() []fake.Message
	}{"fulfilment": w.aws.Queue("fulfilment"), "ledger": w.aws.Queue("ledger.fifo"), "alerts": w.aws.Topic("alerts")}
	for name, at := range sent {
		if err := at.WaitCount(ctx, len(want[name])); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for name, at := range sent {
		var got, gotExactly []string
		for _, m := range at.Messages() {
			attributes := map[string]string{}
			for k, a := range m.Attributes {
				attributes[k] = a.String
			}
			gotExactly = append(gotExactly, whole(len(m.Body), attributes, m.GroupID, m.DeduplicationID))
			got = append(got, unplaced(len(m.Body), attributes, m.GroupID, m.DeduplicationID))
		}
		sameLines(t, name, got, want[name])
		sameLines(t, name+", live", gotExactly, exact[name])
	}
}

func sameLines(t *testing.T, name string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// produce sends the readable events of testdata to Kafka, and returns them as they lie there.
func produce(t *testing.T, w world) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/route/orders.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(w.kafka.Addresses()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var events bytes.Buffer
	for line := range bytes.Lines(data) {
		r, err := event.Parse(line)
		if err != nil || r.Topic == "elsewhere" {
			continue
		}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(line, &members); err != nil {
			t.Fatal(err)
		}
		members["partition"] = fmt.Append(nil, r.Partition)
		members["offset"] = fmt.Append(nil, r.Offset)
		members["timestamp"] = fmt.Append(nil, r.Timestamp.UnixMilli())
		events.WriteByte('{')
		for i, key := range slices.Sorted(maps.Keys(members)) {
			if i > 0 {
				events.WriteByte(',')
			}
			fmt.Fprintf(&events, "%q:%s", key, members[key])
		}
		events.WriteString("}\n")
	}
	return events.Bytes()
}

// foretold are the deliveries of sluice route, by destination.
func foretold(t *testing.T, got result, delivered func(int, map[string]string, string, string) string) map[string][]string {
	t.Helper()
	if got.code != 0 {
		t.Fatal(got.stderr)
	}
	all := map[string][]string{}
	for text := range strings.Lines(got.stdout) {
		var line struct {
			Deliveries []struct {
				Destination     string
				BodyBytes       int `json:"body_bytes"`
				Attributes      map[string]string
				GroupID         string `json:"group_id"`
				DeduplicationID string `json:"deduplication_id"`
				Problems        []string
			}
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		for _, d := range line.Deliveries {
			if len(d.Problems) == 0 {
				all[d.Destination] = append(all[d.Destination], delivered(d.BodyBytes, d.Attributes, d.GroupID, d.DeduplicationID))
			}
		}
	}
	return all
}

// whole writes a delivery on one line.
func whole(body int, attributes map[string]string, group, deduplication string) string {
	return fmt.Sprint(body, attributes, group, deduplication) // maps print sorted
}

// unplaced writes a delivery on one line, with the origin taken off the ids that begin with one.
func unplaced(body int, attributes map[string]string, group, deduplication string) string {
	place := "." + strings.ReplaceAll(attributes["kafka_position"], ":", ".")
	if strings.HasSuffix(deduplication, place) {
		deduplication = place
	}
	if strings.HasSuffix(attributes["correlation_id"], place) {
		attributes["correlation_id"] = place
	}
	return whole(body, attributes, group, deduplication)
}
