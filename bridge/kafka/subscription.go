package kafka

import (
	"regexp"

	"github.com/sluice-bridge/sluice/topic"
)

// Subscription turns topic names and regular expressions between slashes into what the client
// subscribes to. The client takes either names or expressions, so that names become expressions
// where there is one of the latter. Kafka's internal topics never match.
func Subscription(topics []string) (names []string, regex bool) {
	for _, t := range topics {
		_, is := topic.Expression(t)
		regex = regex || is
	}
	for _, t := range topics {
		if expression, ok := topic.Expression(t); ok {
			t = expression
		} else if regex {
			t = "^" + regexp.QuoteMeta(t) + "$"
		}
		names = append(names, t)
	}
	return names, regex
}
