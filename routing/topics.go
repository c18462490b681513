package routing

import (
	"fmt"
	"regexp"
)

// topicMatcher is a topic's name, or a regular expression over names. Expressions are not
// anchored, as in the subscription of a Kafka consumer.
type topicMatcher struct {
	text  string // as written
	regex *regexp.Regexp
}

// topicName is what Kafka allows.
var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

func compileTopic(text string) (topicMatcher, error) {
	if len(text) < 2 || text[0] != '/' || text[len(text)-1] != '/' {
		switch {
		case text == "":
			return topicMatcher{}, fmt.Errorf("a topic is empty; write a name, or a regular expression between slashes")
		case !topicName.MatchString(text):
			return topicMatcher{}, fmt.Errorf("%q is no topic name; write a regular expression between slashes, like \"/^orders\\\\./\"", text)
		}
		return topicMatcher{text: text}, nil
	}
	regex, err := regexp.Compile(text[1 : len(text)-1])
	if err != nil {
		return topicMatcher{}, fmt.Errorf("%s is no regular expression: %s", text, RegexReason(err))
	}
	return topicMatcher{text: text, regex: regex}, nil
}

func (m topicMatcher) match(topic string) bool {
	if m.regex != nil {
		return m.regex.MatchString(topic)
	}
	return m.text == topic
}

// matchesTopic reports whether the rule applies to a topic; a rule without topics applies to all.
func (r *rule) matchesTopic(topic string) bool {
	for _, m := range r.topics {
		if m.match(topic) {
			return true
		}
	}
	return len(r.topics) == 0
}
