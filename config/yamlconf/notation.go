package yamlconf

import "encoding"

// Notation is a value with a way of writing of its own: a duration, a size, a point in time. A pointer to the value
// implements it.
type Notation interface {
	// UnmarshalText sets the value. Its error is a clause that says what to write.
	encoding.TextUnmarshaler
	// Noun names the kind of value with its article.
	Noun() string
	// Pattern is the regular expression that the JSON Schema gives.
	Pattern() string
}

// Choice is a text out of a fixed set.
type Choice interface {
	// OneOf names the kind of value, with its article, and the texts there are.
	OneOf() (noun string, values []string)
}
