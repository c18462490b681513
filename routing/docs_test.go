package routing

import (
	"os"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/routing/expr"
)

// TestExamplesOfTheRoutingPageHold runs the examples of the routing page: each block of rules with the events
// in the block after it.
func TestExamplesOfTheRoutingPageHold(t *testing.T) {
	raw, err := os.ReadFile("../docs/routing.md")
	if err != nil {
		t.Fatal(err)
	}
	var table *Table
	examples := 0
	blocks := strings.Split(string(raw), "```")
	for i, block := range blocks {
		language, text, _ := strings.Cut(block, "\n")
		switch {
		case i%2 == 0:
		case language == "yaml fragment":
			var c caseFile
			dec := yaml.NewDecoder(strings.NewReader(text))
			dec.KnownFields(true)
			if err := dec.Decode(&c); err != nil {
				t.Fatalf("%v in:\n%s", err, text)
			}
			c.Destinations = []caseDestination{{Name: "fulfilment"}}
			if table, err = Compile(c.options()); err != nil {
				t.Fatalf("%v in:\n%s", err, text)
			}
		case language == "events":
			for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
				examples++
				mark, e, _ := strings.Cut(line, " ")
				var d Decision
				if table.Route(documentedEvent(e), &d); (d.Outcome == Routed) != (mark == "✓") || mark != "✓" && mark != "✗" {
					t.Errorf("%s: %s", line, outcomes[d.Outcome])
				}
			}
		case language == "sh" && strings.HasPrefix(text, "sluice route "),
			language == "text" && strings.HasPrefix(blocks[i-2], "sh\nsluice route "): // test/docs runs these
		default:
			t.Errorf("a block in %q is not run", language)
		}
	}
	if examples < 40 {
		t.Errorf("only %d examples were found", examples)
	}
}

// documentedEvent is a value, or headers.
func documentedEvent(text string) *expr.Event {
	if strings.HasPrefix(text, "{") {
		return event(text)
	}
	ev := event("{}")
	ev.Record.Headers = nil
	for _, h := range strings.Split(text, ", ") {
		name, value, _ := strings.Cut(h, ": ")
		ev.Record.Headers = append(ev.Record.Headers, kgo.RecordHeader{Key: name, Value: []byte(value)})
	}
	return ev
}
