package routing

// matchesTopic reports whether the rule applies to a topic; a rule without topics applies to all.
func (r *rule) matchesTopic(topic string) bool {
	return len(r.topics) == 0 || r.topics.Match(topic)
}
