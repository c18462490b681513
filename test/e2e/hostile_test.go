package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestHostileProducersHoldUpNoOtherTopic reads a topic whose events take a rule half a minute and more,
// and one whose values each name another schema that there is not, beside an honest one: that flows, what
// has no schema becomes dead letters within seconds, and a stop does not wait for the costly events.
func TestHostileProducersHoldUpNoOtherTopic(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"error_code":40403,"message":"Schema not found"}`, http.StatusNotFound)
	}))
	defer registry.Close()
	a := cloud(t, fake.Options{Queues: []string{"orders", "pairs"}})
	orders := watch(a.Queue("orders"))
	group := "hostile-" + unique()
	honest, costly, unknown := b.topic(t, "orders", 2), b.topic(t, "pairs", 1), b.topic(t, "values", 1)

	const letters, pairs = 300, 1000
	records := events(honest, 2000, 50, 0)
	all := append([]*kgo.Record{}, records...)
	for i := range letters {
		all = append(all, &kgo.Record{Topic: unknown, Value: []byte{0, 0, 1, byte(i >> 8), byte(i)}})
	}
	for range pairs {
		all = append(all, &kgo.Record{Topic: costly, Value: []byte(`{"l":[` + strings.Repeat("1,", 400) + `1]}`)})
	}
	b.produce(t, all)

	p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
schema_registry: {urls: [%q]}
topics: {%s: {format: avro}}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  orders: {sqs: orders}
  pairs: {sqs: pairs}
rules:
  - {name: pairs, topics: [%s], when: "value.l.all(x, value.l.all(y, x == y))", to: [pairs]}
  - {name: values, topics: [%s], match: {id: [{exists: true}]}, to: [orders]}
  - {name: orders, topics: [%s], to: [orders]}
admin: {listen: ADMIN}
`, b.addr, group, registry.URL, unknown, a.URL, costly, unknown, honest))
	orders.wait(t, len(records))
	for _, l := range b.deadLetters(t, group+".dead-letter", letters) {
		if h := headersOf(l); h["sluice-reason"] != "undecodable" || !strings.Contains(h["sluice-error"], "does not have it") {
			t.Errorf("dead letter %v", h)
		}
	}
	p.await("a costly event to arrive", func() bool { return a.Queue("pairs").Count() > 0 })
	if status, body := p.get("/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d %s", status, body)
	}
	p.stop()
	if n := a.Queue("pairs").Count(); n == pairs {
		t.Error("the others waited for all costly events")
	}
	b.committed(t, group, honest, unknown)
	orders.allArrived(t, records)
}
