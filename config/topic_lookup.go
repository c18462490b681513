package config

import (
	"maps"
	"slices"
)

// TopicLookup returns what tells how the values of a topic are read: as its entry under topics says;
// else JSON.
func (c *Config) TopicLookup() func(topic string) Topic {
	entry := c.topicEntry()
	return func(topic string) Topic {
		if name := entry(topic); name != "" {
			return c.Topics[name]
		}
		return Topic{Format: JSON, Deliver: DeliverRaw, Invalid: InvalidDeadLetter}
	}
}

// StartLookup returns what tells where a topic begins that is new to the group, and the entry under
// topics that says so: that holds as well for a group which has offsets of other topics. The entry is
// empty where kafka.start says it.
func (c *Config) StartLookup() func(topic string) (start Start, entry string) {
	entry := c.topicEntry()
	return func(topic string) (Start, string) {
		if name := entry(topic); c.Topics[name].Start.Written() {
			return c.Topics[name].Start, name
		}
		return c.Kafka.Start, ""
	}
}

// topicEntry returns what finds the entry under topics that is about a topic: that of its name, else the
// first regular expression there, in the order of their texts, that matches it; empty where there is none.
func (c *Config) topicEntry() func(topic string) (name string) {
	entries := topicSet(slices.Sorted(maps.Keys(c.Topics)))
	return func(topic string) string {
		if _, ok := c.Topics[topic]; ok {
			return topic
		}
		for _, p := range entries {
			if p.Match(topic) {
				return p.String()
			}
		}
		return ""
	}
}
