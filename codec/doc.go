// Package codec turns the bytes of a record's value into a lazily read value.
//
// Rules read JSON. Values of the formats avro and protobuf are decoded to JSON by the schema that
// each of them names, so that a rule need not know how a value travelled. How a type is written
// depends on the schema only, never on a value's content.
//
// How each type is written is said by codec/avro and codec/protobuf. They write codec/jsontext, and know
// no registry: codec/schema is what they make of a text.
//
// # JSON Schema
//
// The value is JSON behind a header. The registry has to know the schema, and as a JSON Schema; the
// value is not held against it.
package codec
