package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

const eventSchema = `{"type":"record","name":"Event","fields":[
	{"name":"id","type":"string"},{"name":"account","type":"string"},{"name":"seq","type":"long"}]}`

// TestAvroRecordsWaitForTheRegistry reads Avro through a registry that is down at first: the records
// wait, another topic flows, and what arrives is the decoded value, routed by a field of it. What is
// no Avro goes to the dead letters.
func TestAvroRecordsWaitForTheRegistry(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		var up atomic.Bool
		registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !up.Load() || !strings.HasPrefix(r.URL.Path, "/schemas/ids/7") {
				http.Error(w, "down", http.StatusServiceUnavailable)
				return
			}
			_ = json.NewEncoder(w).Encode(map[string]string{"schema": eventSchema})
		}))
		defer registry.Close()
		schema, err := avro.Parse(eventSchema)
		if err != nil {
			t.Fatal(err)
		}
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		plain, decoded := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		group := "avro-" + unique()
		topic, values := b.topic(t, "orders", 3), b.topic(t, "payments", 3)

		records, asAvro := events(topic, 2000, 50, 0), events(values, 2000, 50, 0)
		encoded := make([]*kgo.Record, len(asAvro))
		for i, r := range asAvro {
			var e event
			if err := json.Unmarshal(r.Value, &e); err != nil {
				t.Fatal(err)
			}
			v := []byte{0, 0, 0, 0, 7} // the schema's id
			if v, err = schema.AppendEncode(v, map[string]any{"id": e.ID, "account": e.Account, "seq": int64(e.Seq)}); err != nil {
				t.Fatal(err)
			}
			encoded[i] = &kgo.Record{Topic: values, Key: r.Key, Value: v}
		}
		broken := &kgo.Record{Topic: values, Key: []byte("k"), Value: []byte("no avro")}
		b.produce(t, append(append(append([]*kgo.Record{}, records...), encoded...), broken))

		p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
schema_registry: {urls: [%q]}
topics: {%s: {format: avro, deliver: json}}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  orders: {sqs: orders}
  ledger: {sqs: ledger.fifo, group_id: value.account}
rules:
  - {name: payments, topics: [%s], match: {seq: [{numeric: [">=", 0]}]}, to: [ledger]}
  - {name: orders, topics: [%s], to: [orders]}
admin: {listen: ADMIN}
`, b.addr, group, registry.URL, values, a.URL, values, topic))
		plain.wait(t, len(records))
		p.await("readiness to name the registry", func() bool {
			status, body := p.get("/readyz")
			return status == http.StatusServiceUnavailable && strings.Contains(body, "schema registry")
		})
		up.Store(true)
		decoded.wait(t, len(encoded))
		letters := b.deadLetters(t, group+".dead-letter", 1)
		if string(letters[0].Value) != "no avro" || headersOf(letters[0])["sluice-reason"] != "undecodable" {
			t.Errorf("dead letter %q, %v", letters[0].Value, letters[0].Headers)
		}
		p.ready().stop()
		b.committed(t, group, topic, values)
		plain.allArrived(t, records)
		decoded.allArrived(t, asAvro)
		decoded.inOrder(t)
	})
}
