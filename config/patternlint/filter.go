package patternlint

import (
	"slices"

	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// filterKeys are what a filter of a Lambda event source for Kafka looks at, around the record's value.
// https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
var filterKeys = []string{"value", "key", "topic", "partition", "offset", "timestamp", "timestampType", "headers"}

// WarnFilter warns of a filter of a Lambda event source as the pattern of the value at a path.
func WarnFilter(r *yamldoc.Report, path string, match map[string]any) {
	if !likeFilter(match) {
		return
	}
	if _, isMap := match["value"].(map[string]any); isMap {
		r.Warnf(yamldoc.Join(path, "value"), "match is about the value itself, so this asks for a field called value in it; if it is a filter of Lambda, write what is below value in its place, and the others in topics, headers or when")
	}
	alternatives, _ := match["$or"].([]any)
	for i, alternative := range alternatives {
		m, _ := alternative.(map[string]any)
		WarnFilter(r, yamldoc.Index(yamldoc.Join(path, "$or"), i), m)
	}
}

// likeFilter reports whether a pattern has no other fields than such a filter.
func likeFilter(match map[string]any) bool {
	for key, below := range match {
		alternatives, isList := below.([]any)
		other := func(alternative any) bool {
			m, _ := alternative.(map[string]any)
			return !likeFilter(m)
		}
		if !slices.Contains(filterKeys, key) && (key != "$or" || !isList || slices.ContainsFunc(alternatives, other)) {
			return false
		}
	}
	return true
}
