package config

import (
	"maps"
	"regexp"
	"slices"
)

// TopicLookup returns what tells how the values of a topic are read: as its own entry under topics
// says, else the first regular expression there, in the order of their texts, that matches it; else
// JSON.
func (c *Config) TopicLookup() func(topic string) Topic {
	type pattern struct {
		regex *regexp.Regexp
		topic Topic
	}
	var patterns []pattern
	for _, name := range slices.Sorted(maps.Keys(c.Topics)) {
		if text, ok := asPattern(name); ok {
			patterns = append(patterns, pattern{regexp.MustCompile(text), c.Topics[name]})
		}
	}
	return func(topic string) Topic {
		if t, ok := c.Topics[topic]; ok {
			return t
		}
		for _, p := range patterns {
			if p.regex.MatchString(topic) {
				return p.topic
			}
		}
		return Topic{Format: JSON, Deliver: DeliverRaw}
	}
}
