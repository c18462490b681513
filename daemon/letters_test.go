package daemon

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka/deadletter"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/fake"
)

// Dead letters whose brokers are gone are written to those that a reload names, however many there are.
func TestLettersOfGoneBrokersGoToTheNextOnes(t *testing.T) {
	waits(t)
	t.Parallel()
	broker, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"dead": 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	d := New(Options{Log: zap.NewNop()})
	g := newGroup(d, "g", "")
	defer func() {
		d.give()
		d.retirees.Wait()
		g.close()
	}()
	adopt := func(address string) {
		t.Helper()
		p, err := d.compile(t.Context(), loaded(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: g}
aws: {region: eu-west-1, endpoint: "http://127.0.0.1:1"}
destinations: {a: {sqs: a}}
rules: [{topics: [other], to: [a]}]
unmatched: dead_letter
dead_letter: {kafka: dead}
`, address)), nil)
		if err != nil {
			t.Fatal(err)
		}
		to, err := p.sink(p.config.Destinations["a"])
		if err != nil {
			t.Fatal(err)
		}
		writer, err := deadletter.NewProducer(p.connection(), "dead", d.log)
		if err != nil {
			t.Fatal(err)
		}
		g.adopt(p, &parts{sinks: map[string]sink.Sink{"a": to}, writer: writer})
		d.plan = p
	}
	adopt("127.0.0.1:1")
	part := offsets.NewTracker("t", 0, offsets.TopicIdentity{}, offsets.NewWindow(10000, 1<<30))
	var records []*kgo.Record
	for i := range int64(1000) { // more than are written at once
		records = append(records, &kgo.Record{Topic: "t", Offset: i, Value: []byte("{}"), Timestamp: time.UnixMilli(i)})
	}
	for len(records) > 0 {
		taken, lacks := g.pipeline.Accept(part, records)
		if taken == 0 || lacks != "" {
			t.Fatalf("%d records were taken, and lack %q", taken, lacks)
		}
		records = records[taken:]
	}
	adopt(broker.Addresses()[0])
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if !part.Drain(ctx) {
		t.Errorf("%d records wait for the earlier brokers", part.Pending())
	}
}
