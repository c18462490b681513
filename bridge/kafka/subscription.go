package kafka

import (
	"regexp"

	"github.com/sluice-bridge/sluice/topic"
)

// subscription turns topic names and regular expressions between slashes into what the client
// subscribes to. The client takes either names or expressions, so that names become expressions
// where there is one of the latter. Kafka's internal topics never match.
func subscription(topics []string) (names []string, regex bool) {
	for _, t := range topics {
		regex = regex || isRegex(t)
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

func isRegex(t string) bool {
	_, ok := topic.Expression(t)
	return ok
}
