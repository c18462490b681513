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
	// Schema is what the value was decoded by; nil where that was no schema. Name is the full name of the
	// record or message that the value is, the title of a JSON Schema; empty where it has none.
	Schema *Schema
	Name   string
}

// Schema is what a registry says of a schema.
type Schema struct {
	// ID is 0 where the registry does not tell it.
	ID int
	// Subject and Version are those under which the schema is registered for the topic; empty and 0 where
	// nobody asked for them, or the registry does not tell.
	Subject string
	Version int
}
