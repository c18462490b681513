package config

import (
	"maps"
	"regexp"
	"slices"
)

// Topic returns how the values of a topic are read: as its own entry under topics says, else the
// first regular expression there, in the order of their texts, that matches it; else JSON.
func (c *Config) Topic(topic string) Topic {
	if t, ok := c.Topics[topic]; ok {
		return t
	}
	for _, name := range slices.Sorted(maps.Keys(c.Topics)) {
		if pattern, ok := asPattern(name); ok && regexp.MustCompile(pattern).MatchString(topic) {
			return c.Topics[name]
		}
	}
	return Topic{Format: JSON, Deliver: DeliverRaw}
}
