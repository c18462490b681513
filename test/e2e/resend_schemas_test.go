package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// together is a schema registry that answers nobody before so many are asking at once.
type together struct {
	*httptest.Server
	mu     sync.Mutex
	asking int
	open   chan struct{}
}

const atOnce = 20

func newTogether(t *testing.T) *together {
	g := &together{}
	g.again()
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/schemas/ids/") {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		g.mu.Lock()
		open := g.open
		if g.asking++; g.asking == atOnce {
			close(open)
		}
		g.mu.Unlock()
		select {
		case <-open:
			_ = json.NewEncoder(w).Encode(map[string]string{"schema": eventSchema})
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(g.Server.Close)
	return g
}

// again has it wait for others anew.
func (g *together) again() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asking, g.open = 0, make(chan struct{})
}

// TestResendLooksUpSchemasTogether replays and redrives records of many schemas that are not known yet: they are
// asked for side by side.
func TestResendLooksUpSchemasTogether(t *testing.T) {
	b := embedded(t)
	registry := newTogether(t)
	a := cloud(t, fake.Options{Queues: []string{"orders"}})
	group, topic := "together-"+unique(), b.topic(t, "orders", 1)
	schema, err := avro.Parse(eventSchema)
	if err != nil {
		t.Fatal(err)
	}
	var records []*kgo.Record
	for i := range 2 * atOnce {
		v := []byte{0, 0, 0, 0, byte(100 + i)}
		if v, err = schema.AppendEncode(v, map[string]any{"id": fmt.Sprint(i), "account": "a", "seq": int64(i)}); err != nil {
			t.Fatal(err)
		}
		records = append(records, &kgo.Record{Topic: topic, Value: v})
	}
	b.produce(t, records)
	config := fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
schema_registry: {urls: [%q]}
topics: {%[4]s: {format: avro, deliver: json}}
aws: {region: eu-west-1, endpoint: %[5]q}
destinations: {orders: {sqs: orders}}
rules: [{name: all, topics: [%[4]s], match: {account: [a]}, to: [orders]}]
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, registry.URL, topic, a.URL)
	accept := refused(t, b, a, group, config, len(records))
	accept()
	for _, args := range [][]string{{"replay", "--topic", topic}, {"redrive", "--reroute"}} {
		registry.again()
		got := resend(t, args[0], config, append(args[1:], "--timeout", "5s")...)
		if got.code != 0 || got.Error != "" || got.Acknowledged["orders"] != int64(len(records)) {
			t.Errorf("%s: %+v", args, got)
		}
	}
}
