// Package codec turns the bytes of a record's value into a lazily read value.
package codec

// Value is a record's value as rules see it. The zero Value is a value that is not there.
type Value struct {
	// JSON holds the value as one JSON document, unparsed: fields are looked up when asked for.
	// Nil where the value is no JSON: such a record routes by topic, key and headers only.
	JSON []byte
}
