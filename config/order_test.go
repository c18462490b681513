package config

import (
	"slices"
	"testing"
)

func TestPatternsKeepTheirOrder(t *testing.T) {
	cfg, err := Parse([]byte(`
kafka: {brokers: [localhost:9092], group: orders}
destinations:
  a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/a"}
topics: {orders: {}}
rules:
  - to: [a]
    headers: {tenant: [acme]}
    match:
      z: [1]
      b: {y: [1], x: [2]}
      $or: [{q: [1]}, {p: [1]}]
`), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	order := slices.DeleteFunc(cfg.Routing().Rules[0].Order, func(place string) bool { return place[len(place)-1] == ']' })
	want := []string{"headers.tenant", "match.z", "match.b", "match.b.y", "match.b.x", "match.$or", "match.$or[0].q", "match.$or[1].p"}
	if !slices.Equal(order, want) {
		t.Errorf("got %q", order)
	}
}
