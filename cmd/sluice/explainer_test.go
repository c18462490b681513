package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/config"
)

// A registry that is down is waited for once, not for each record.
func TestExplainerWaitsOnce(t *testing.T) {
	var up atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Write([]byte(`{"schemaType":"JSON","schema":"{}"}`))
	}))
	defer server.Close()
	cfg, err := config.Parse([]byte(`
kafka: {brokers: [localhost:9092], group: orders}
destinations:
  a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/a"}
topics: {orders: {format: json_schema}}
schema_registry: {urls: ["`+server.URL+`"]}
rules: [{match: {a: [1]}, to: [a]}]
`), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := newExplainer(cfg, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var x bridge.Explanation
	explain := func(id byte) error {
		r := &kgo.Record{Topic: "orders", Value: []byte("\x00\x00\x00\x00" + string(id) + `{"a":1}`)}
		return e.Explain(r, offline(r), &x)
	}
	if err := explain(1); err == nil || !strings.Contains(err.Error(), "503") {
		t.Fatalf("got %v", err)
	}
	e.patience = 24 * time.Hour
	for _, id := range []byte{1, 2, 3} {
		if err := explain(id); err == nil || !strings.Contains(err.Error(), "503") {
			t.Fatalf("got %v", err)
		}
	}
	changed := e.registry.Changed()
	up.Store(true)
	select {
	case <-changed:
	case <-time.After(time.Minute):
		t.Fatal("the registry is not asked any more")
	}
	if err := explain(4); err != nil {
		t.Errorf("when it answers again: %v", err)
	}
}

// What a value was decoded by is shown, whether or not a rule asks for it. A registry that does not tell the
// subject is no matter where the bridge does not ask.
func TestRouteShowsSchemas(t *testing.T) {
	fake := srfake.New()
	defer fake.Close()
	fake.SeedSchema("orders-value", 3, 7, sr.Schema{Type: sr.TypeAvro, Schema: `{"type":"record","namespace":"shop","name":"Paid","fields":[{"name":"id","type":"string"}]}`})
	path := filepath.Join(t.TempDir(), "bridge.yaml")
	if err := os.WriteFile(path, []byte(`
kafka: {brokers: [localhost:9092], group: orders}
destinations:
  a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/a", attributes: {version: schema.version}}
topics: {orders: {format: avro}}
schema_registry: {urls: ["`+fake.URL()+`"]}
rules: [{name: paid, when: 'schema.name == "shop.Paid"', to: [a]}]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	event := `{"topic":"orders","value_base64":"AAAAAAcCYQ=="}`
	got := sluice("", "route", "-c", path, event)
	if got.code != 0 || !strings.Contains(got.stdout, "\n  schema  shop.Paid, id 7, version 3 of subject orders-value\n") || !strings.Contains(got.stdout, "version = 3\n") {
		t.Errorf("%+v", got)
	}
	got = sluice("", "route", "--json", "-c", path, event)
	if got.code != 0 || !strings.Contains(got.stdout, `,"errors":[],"schema":{"name":"shop.Paid","id":7,"subject":"orders-value","version":3},"topic":"orders"`) {
		t.Errorf("%+v", got)
	}

	fake.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		broken := strings.HasSuffix(r.URL.Path, "/versions")
		if broken {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return broken
	})
	got = sluice("", "route", "--timeout", "100ms", "-c", path, event)
	if got.code == 0 || !strings.Contains(got.stderr, "the schema registry gives no schema for it: ") {
		t.Errorf("the version is needed: %+v", got)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "schema.version", "schema.id", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	got = sluice("", "route", "-c", path, event)
	if got.code != 0 || !strings.Contains(got.stdout, "\n  schema  shop.Paid, id 7; no subject is known\n") || !strings.Contains(got.stdout, "routed to a") {
		t.Errorf("neither is needed: %+v", got)
	}
}
