package resend

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

type explainer struct{ *pipeline.Explainer }

func (explainer) Ahead(*kgo.Record) {}

// A record without a destination is counted for what a dead letter of it would say.
func TestRecordsWithoutDestinationAreCountedByReason(t *testing.T) {
	t.Parallel()
	topics := map[string]codec.Format{"json": codec.FormatJSON, "avro": codec.FormatAvro}
	registry, err := codec.NewRegistry(codec.RegistryOptions{URLs: []string{"http://127.0.0.1:1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	for _, c := range []struct{ topic, value, unmatched, why string }{
		{"json", `{"n":1}`, "drop", ""},
		{"json", `{"n":0}`, "drop", Dropped},
		{"json", `{"n":-1}`, "drop", "unmatched"},
		{"json", `{"n":-1}`, "dead_letter", "unmatched"},
		{"json", `{"n":-1}`, "a", ""},
		{"json", `{"n":"x"}`, "drop", "rule_error"},
		{"json", `no JSON`, "drop", "undecodable"},
		{"json", `no JSON`, "dead_letter", "undecodable"},
		{"json", `no JSON`, "a", "undecodable"},
		{"avro", `no Avro`, "drop", "undecodable"},
	} {
		table, err := routing.Compile(routing.Options{
			Destinations: []routing.Destination{{Name: "a"}}, Unmatched: c.unmatched,
			Rules: []routing.Rule{{When: "value.n > 0", To: []string{"a"}}, {Match: map[string]any{"n": []any{0}}, Drop: true}},
		})
		if err != nil {
			t.Fatal(err)
		}
		correlation, err := routing.CompileCorrelation(nil, "")
		if err != nil {
			t.Fatal(err)
		}
		encoder := message.NewEncoder(table, correlation, []message.Destination{{Name: "a", Profile: sqs.Profile}})
		ex := explainer{pipeline.NewExplainer(encoder, func(topic string) pipeline.Reading {
			d, err := codec.NewDecoder(codec.Options{Format: topics[topic], Registry: registry})
			if err != nil {
				t.Error(err)
			}
			return pipeline.Reading{Decoder: d}
		}, false)}
		var x pipeline.Explanation
		why, err := Explain(ex, &kgo.Record{Topic: c.topic, Value: []byte(c.value)}, offsets.TopicIdentity{}, &x)
		if why != c.why || err != nil {
			t.Errorf("%s %s, unmatched: %s: %q, %v; want %q", c.topic, c.value, c.unmatched, why, err, c.why)
		}
	}
}
