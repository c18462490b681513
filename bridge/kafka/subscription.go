package kafka

import (
	"regexp"
	"strings"
)

// subscription turns topic names and regular expressions between slashes into what the client
// subscribes to. The client takes either names or expressions, so that names become expressions
// where there is one of the latter. Kafka's internal topics never match.
func subscription(topics []string) (names []string, regex bool) {
	for _, t := range topics {
		regex = regex || isRegex(t)
	}
	for _, t := range topics {
		switch {
		case isRegex(t):
			t = t[1 : len(t)-1]
		case regex:
			t = "^" + regexp.QuoteMeta(t) + "$"
		}
		names = append(names, t)
	}
	return names, regex
}

func isRegex(t string) bool {
	return len(t) > 2 && strings.HasPrefix(t, "/") && strings.HasSuffix(t, "/")
}
