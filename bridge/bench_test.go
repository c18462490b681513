package bridge

import (
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// BenchmarkEncode decides on a record and builds its message, as the pipeline does for each.
func BenchmarkEncode(b *testing.B) {
	for _, c := range []struct {
		name  string
		dest  Destination
		route routing.Destination
	}{
		{name: "raw"},
		{name: "fifo", dest: Destination{FIFO: true}, route: routing.Destination{GroupID: "value.id"}},
		{name: "attributes", route: routing.Destination{Attributes: map[string]string{"id": "value.id", "tenant": "headers.tenant"}}},
		{name: "json", dest: Destination{Envelope: EnvelopeJSON}},
		{name: "cloudevents", dest: Destination{Envelope: EnvelopeCloudEvents}},
		{name: "body", route: routing.Destination{Body: `{"id": value.id}`}},
		{name: "headers", dest: Destination{Headers: NewHeaderFilter([]string{"tenant", "x-*"})}},
	} {
		b.Run(c.name, func(b *testing.B) { benchEncode(b, c.dest, c.route) })
	}
}

func benchEncode(b *testing.B, dest Destination, route routing.Destination) {
	route.Name, dest.Name, dest.Service = "d", "d", "sqs"
	table, err := routing.Compile(routing.Options{Rules: []routing.Rule{{To: []string{"d"}}}, Destinations: []routing.Destination{route}})
	if err != nil {
		b.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation([]string{"x-correlation-id"}, "")
	if err != nil {
		b.Fatal(err)
	}
	encoder := NewEncoder(table, correlation, []Destination{dest})
	d := newDecider(encoder, readAs(b, codec.FormatJSON), false)
	r := withHeaders(testRecord(`{"id":"o-17","text":"`+strings.Repeat("x", 480)+`"}`),
		"x-correlation-id", "c-1", "traceparent", parent, "tenant", "acme", "x-region", "eu")
	origin := NewOrigin("cluster", r.Topic, [16]byte{1, 2, 3})
	var ev routing.Event
	var decision routing.Decision
	var m Message
	b.ReportAllocs()
	for b.Loop() {
		st, err := d.decide(r, origin, &ev, &decision)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := encoder.encode(&m, &ev, &st, decision.Targets[0]); err != nil {
			b.Fatal(err)
		}
	}
}
