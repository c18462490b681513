package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"
)

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
