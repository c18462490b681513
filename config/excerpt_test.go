package config

import (
	"strings"
	"testing"
)

// However long a value is, what is said about it stays a sentence of one line.
func TestLongValuesAreShortened(t *testing.T) {
	long := strings.Repeat("x ", 50_000)
	for _, change := range [][2]string{
		{`"localhost:9092"`, `"` + long + `"`},
		{`["localhost:9092"]`, long},
		{"group: orders", "group: [" + long + "]"},
		{"group: orders", "group: orders, start: " + long},
		{"group: orders", "group: orders, session_timeout: " + long},
		{"group: orders", "group: orders, session_timeout: " + strings.Repeat("1", 50_000)},
		{"group: orders", "group: orders, read_ahead: " + long},
		{"group: orders", "group: orders, isolation_level: " + long},
		{"group: orders", "group: orders, " + long + ": 1"},
		{"group: orders", `group: "${` + long + `}"`},
		{"region: eu-west-1", "region: " + long},
		{"sqs: orders-out", "sqs: " + long},
		{"sqs: orders-out", "sns: " + long},
		{"sqs: orders-out", "sqs: orders-out, concurrency: " + long},
		{"sqs: orders-out", "sqs: orders-out, isolated: " + long},
		{"sqs: orders-out", "sqs: orders-out, group_id: " + strings.Repeat("x", 50_000)},
		{"sqs: orders-out", "sqs: orders-out, body: \"'" + long + `"`},
		{"{queue:", `{"a\nb": {sqs: b}, queue:`},
		{"topics: [orders]", "topics: [orders, " + long + "]"},
		{"topics: [orders]", "topics: [/(" + long + "/]"},
		{"topics: [orders]", "topics: [orders], match: {type: " + long + "}"},
		{"topics: [orders]", "topics: [orders], match: {type: [{wildcard: \"" + strings.Repeat("**", 50_000) + "\"}]}"},
		{"topics: [orders]", "topics: [orders], match: {type: [{" + long + ": x}]}"},
		{"to: [queue]", "to: [" + long + "]"},
		{"aws:", "unmatched: " + long + "\naws:"},
		{"aws:", "x: &" + strings.Repeat("x", 50_000) + "\nb: *" + strings.Repeat("y", 50_000) + "\naws:"},
		{"aws:", "admin: {listen: " + long + "}\naws:"},
	} {
		text := strings.Replace(minimal, change[0], change[1], 1)
		_, err := Parse([]byte(text), "bridge.yaml", nil)
		if err == nil {
			t.Errorf("%.80q is taken", change[1])
			continue
		}
		for _, p := range err.(Problems) {
			if line := p.Error(); len(line) > 800 || strings.Contains(line, "\n") {
				t.Errorf("%.80q: a problem of %d bytes: %.300q", change[1], len(line), line)
			}
		}
	}
}
