// Package topic says what can name topics of Kafka: a name, or a regular expression between slashes. It is pure, and
// may import nothing of ours.
package topic

import "regexp"

// Characters are those that names of topics are made of.
const Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

var legalName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,249}$`)

// IsName reports whether a topic can have this name (org.apache.kafka.common.internals.Topic).
func IsName(text string) bool { return text != "." && text != ".." && legalName.MatchString(text) }

// Expression returns the regular expression of a text that is one between slashes.
func Expression(text string) (expression string, ok bool) {
	if len(text) < 2 || text[0] != '/' || text[len(text)-1] != '/' {
		return "", false
	}
	return text[1 : len(text)-1], true
}

// Pattern is what names topics: a name, or a regular expression that may match anywhere in names, as in the
// subscription of a Kafka consumer. The zero Pattern names none.
type Pattern struct {
	text  string
	regex *regexp.Regexp // nil for a name
}

// Parse reads a pattern as it is written. The error is that of the regular expression.
func Parse(text string) (Pattern, error) {
	expression, ok := Expression(text)
	if !ok {
		return Pattern{text: text}, nil
	}
	regex, err := regexp.Compile(expression)
	if err != nil {
		return Pattern{}, err
	}
	return Pattern{text: text, regex: regex}, nil
}

// String returns the pattern as it is written.
func (p Pattern) String() string { return p.text }

// IsExpression reports whether the pattern is a regular expression.
func (p Pattern) IsExpression() bool { return p.regex != nil }

// Match reports whether a topic is one of those that the pattern names.
func (p Pattern) Match(topic string) bool {
	if p.regex != nil {
		return p.regex.MatchString(topic)
	}
	return p.text == topic
}

// Set is what several patterns name together.
type Set []Pattern

// ParseSet reads patterns. The error is the first of [Parse].
func ParseSet(texts ...string) (Set, error) {
	var set Set
	for _, text := range texts {
		p, err := Parse(text)
		if err != nil {
			return nil, err
		}
		set = append(set, p)
	}
	return set, nil
}

// Match reports whether one of the patterns names a topic.
func (s Set) Match(topic string) bool {
	for _, p := range s {
		if p.Match(topic) {
			return true
		}
	}
	return false
}

// HasExpression reports whether one of the patterns is a regular expression.
func (s Set) HasExpression() bool {
	for _, p := range s {
		if p.IsExpression() {
			return true
		}
	}
	return false
}
