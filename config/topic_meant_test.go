package config

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/topic"
)

// What a message says to write for a written, or a list of them, is taken as it stands.
func TestTopicsOfRemediesAreTaken(t *testing.T) {
	t.Parallel()
	const file = `
kafka: {brokers: [localhost:9092], group: orders}
destinations: {a: {sqs: "arn:aws:sqs:eu-west-1:111122223333:a"}}
dead_letter: {destination: a}
rules: [{to: [a], topics: TOPICS}]
`
	names := []string{"orders", "orders-eu", "orders1", "a", "bc"}
	remedy := regexp.MustCompile(`(?:write|as in|space,|brackets:) ((?:\[.*\]|'.*'|".*"|[a-z]+))$`)
	for _, written := range []string{"$orders", "orders_{env}", "{{env}}.orders", "{{ .env }}.orders", "%env%-orders", "<env>-orders", "$(env)-orders", "#{env}",
		"orders-{eu,us}", "^orders-(eu|us)$", "orders*", "orders.*", "orders.?", "orders[0-9]+", "a|b", "a, b", "*", "re:^orders", "regex:orders.*", "/orders", "/orders/i", " orders", "it's.*",
		"$orders$", "orders_$1", "(a$|^b)c", "a^b", "/$orders", "/a(", "/orders/gi", "/orders/g", "/orders/x", "/orders/new", "/a(/i", "/a /i", "^$a?", "orders$|^x y"} {
		quoted := "'" + strings.ReplaceAll(written, "'", "''") + "'"
		for _, topics := range []string{quoted, "[" + quoted + "]"} {
			_, err := Parse([]byte(strings.Replace(file, "TOPICS", topics, 1)), "bridge.yaml", nil)
			if err == nil {
				t.Errorf("%s is taken", topics)
				continue
			}
			m := remedy.FindStringSubmatch(err.Error())
			if m == nil || m[1] == "[TOPIC]" {
				if !strings.Contains(err.Error(), "write up to 249 letters") && m == nil {
					t.Errorf("%s: %v", topics, err)
				}
				continue
			}
			instead := "[" + strings.Trim(m[1], "[]") + "]"
			c, err := Parse([]byte(strings.Replace(file, "TOPICS", instead, 1)), "bridge.yaml", []string{"env=dev", "orders=orders"})
			if err != nil {
				t.Errorf("%s, instead of %s: %v", instead, topics, err)
				continue
			}
			for _, taken := range c.Rules[0].Topics {
				pattern, isPattern := topic.Expression(taken)
				if re := regexp.MustCompile(pattern); isPattern && !slices.ContainsFunc(names, re.MatchString) {
					t.Errorf("%s, instead of %s, matches none of %q", instead, topics, names)
				}
			}
		}
	}
}
