package config

// notation is a value with a way of writing of its own: a duration, a size, a point in time.
type notation interface {
	// read sets the value from text. Its error is a clause that says what to write.
	read(text string) error
	// noun names the kind of value with its article.
	noun() string
	// pattern is the regular expression that the JSON Schema gives.
	pattern() string
}

// choice is a text out of a fixed set.
type choice interface {
	// noun names the kind of value with its article.
	noun() string
	values() []string
}
