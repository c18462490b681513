package codec

// Value is a record's value as rules see it. The zero Value is a value that is not there (a
// tombstone).
type Value struct {
	// JSON holds the value as one JSON document, unparsed: fields are looked up when asked for.
	// Nil where the value is no JSON: such a record routes by topic, key and headers only. It
	// aliases Raw, or where the value was decoded by a schema it is memory that only this Value
	// refers to: it stays as it is for as long as anyone holds it.
	JSON []byte
	// Raw holds the value as it came, whatever it is; nil where the record has none. It aliases
	// the record's bytes.
	Raw []byte
	// Binary is set where the topic's format is one of bytes: expressions see bytes even when the
	// content happens to be text, so that a value's type does not change with its content.
	Binary bool
}
