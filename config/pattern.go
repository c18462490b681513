package config

import (
	"slices"
)

// checkPattern refuses a pattern without fields: it would match everything, which is said by
// leaving it out. It warns of patterns that mean something else than they seem to.
func checkPattern(c *checker, path string, pattern map[string]any) {
	if len(pattern) == 0 {
		c.addf(path, "the pattern names no field; name one, or remove the key to match everything")
	}
	warnExcluded(c, path, pattern)
}

// warnExcluded warns of two anything-but in one list: each takes what the other leaves out.
func warnExcluded(c *checker, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, below := range v {
			warnExcluded(c, join(path, key), below)
		}
	case []any:
		excluding := 0
		for i, test := range v {
			m, ok := test.(map[string]any)
			if _, excludes := m["anything-but"]; excludes {
				excluding++
			} else if ok {
				warnExcluded(c, index(path, i), m)
			}
		}
		if excluding > 1 {
			c.warnf(path, "the list matches what one of its tests takes, and of two anything-but each takes what the other leaves out; write one, like {anything-but: [a, b]} or {anything-but: {prefix: [a, b]}}")
		}
	}
}

// filterKeys are what a filter of a Lambda event source for Kafka looks at, around the record's value.
// https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
var filterKeys = []string{"value", "key", "topic", "partition", "offset", "timestamp", "timestampType", "headers"}

// warnFilter warns of a filter of a Lambda event source as the pattern of the value.
func warnFilter(c *checker, path string, match map[string]any) {
	if _, isMap := match["value"].(map[string]any); !isMap {
		return
	}
	for key := range match {
		if !slices.Contains(filterKeys, key) {
			return
		}
	}
	c.warnf(join(path, "value"), "match is about the value itself, so this asks for a field called value in it; if it is a filter of Lambda, write what is below value in its place, and the others in topics, headers or when")
}
