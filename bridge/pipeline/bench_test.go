package pipeline

import (
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// BenchmarkEncode decides on a record and builds its message, as the pipeline does for each.
func BenchmarkEncode(b *testing.B) {
	for _, c := range []struct {
		name  string
		dest  message.Destination
		route routing.Destination
	}{
		{name: "raw"},
		{name: "fifo", dest: message.Destination{FIFO: true}, route: routing.Destination{GroupID: "value.id"}},
		{name: "attributes", route: routing.Destination{Attributes: map[string]string{"id": "value.id", "tenant": "headers.tenant"}}},
		{name: "json", dest: message.Destination{Envelope: message.EnvelopeJSON}},
		{name: "cloudevents", dest: message.Destination{Envelope: message.EnvelopeCloudEvents}},
		{name: "body", route: routing.Destination{Body: `{"id": value.id}`}},
		{name: "headers", dest: message.Destination{Headers: message.NewHeaderFilter([]string{"tenant", "x-*"})}},
	} {
		b.Run(c.name, func(b *testing.B) { benchEncode(b, c.dest, c.route) })
	}
}

func benchEncode(b *testing.B, dest message.Destination, route routing.Destination) {
	route.Name, dest.Name, dest.Profile = "d", "d", sqs.Profile
	table, err := routing.Compile(routing.Options{Rules: []routing.Rule{{To: []string{"d"}}}, Destinations: []routing.Destination{route}})
	if err != nil {
		b.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation([]string{"x-correlation-id"}, "")
	if err != nil {
		b.Fatal(err)
	}
	encoder := message.NewEncoder(table, correlation, []message.Destination{dest})
	d := newDecider(encoder, readAs(b, codec.FormatJSON), false)
	r := bridgetest.WithHeaders(bridgetest.Record(`{"id":"o-17","text":"`+strings.Repeat("x", 480)+`"}`),
		"x-correlation-id", "c-1", "traceparent", bridgetest.Traceparent, "tenant", "acme", "x-region", "eu")
	origin := offsets.NewTopicIdentity("cluster", r.Topic, [16]byte{1, 2, 3})
	var ev routing.Event
	var decision routing.Decision
	var m message.Message
	b.ReportAllocs()
	for b.Loop() {
		st, err := d.decide(r, &origin, nil, &ev, &decision)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := encoder.Encode(&m, &ev, &st, decision.Targets[0]); err != nil {
			b.Fatal(err)
		}
	}
}
