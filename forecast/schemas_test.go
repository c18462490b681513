package forecast

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/config"
)

// A registry that is down is waited for once, not for each record.
func TestSilentRegistryIsWaitedForOnce(t *testing.T) {
	var up atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Write([]byte(`{"schemaType":"JSON","schema":"{}"}`))
	}))
	defer server.Close()
	e := bySchemas(t, server.URL, 50*time.Millisecond)
	defer e.Close()
	var x pipeline.Explanation
	explain := func(id byte) error {
		r := &kgo.Record{Topic: "orders", Value: []byte("\x00\x00\x00\x00" + string(id) + `{"a":1}`)}
		return e.Explain(r, offsets.NewTopicIdentity("", r.Topic, [16]byte{}), &x)
	}
	if err := explain(1); err == nil || !strings.Contains(err.Error(), "503") {
		t.Fatalf("got %v", err)
	}
	e.schemas.patience = 24 * time.Hour
	for _, id := range []byte{1, 2, 3} {
		if err := explain(id); err == nil || !strings.Contains(err.Error(), "503") {
			t.Fatalf("got %v", err)
		}
	}
	changed := e.schemas.registry.Changed()
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

// bySchemas returns what forecasts of a topic whose schemas a registry has, which is asked with so much patience.
func bySchemas(t *testing.T, registry string, patience time.Duration) *Forecaster {
	t.Helper()
	cfg, err := config.Parse([]byte(`
kafka: {brokers: [localhost:9092], group: orders}
destinations: {a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/a"}}
topics: {orders: {format: json_schema}}
schema_registry: {urls: ["`+registry+`"]}
rules: [{match: {a: [1]}, to: [a]}]
`), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(cfg, patience, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A registry that says nothing is told of in words that need no command line.
func TestSilentRegistryIsToldOf(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	defer server.Close()
	defer close(over)
	e := bySchemas(t, server.URL, 10*time.Millisecond)
	defer e.Close()
	r := &kgo.Record{Topic: "orders", Value: []byte("\x00\x00\x00\x00\x01{}")}
	err := e.Explain(r, offsets.NewTopicIdentity("", r.Topic, [16]byte{}), new(pipeline.Explanation))
	const want = "the schema registry gives no schema for it: it has not answered within 10ms; check schema_registry.urls and the network, or give a longer timeout"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
