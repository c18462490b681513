// Package protobuf reads Protobuf by the source of a schema and writes it as JSON.
//
// The sources are others' work: they are bounded before they are parsed (bound.go), of each that is kept
// which decoding needs (prune.go), and files that several schemas import are in memory once (unit.go).
//
//	field names             as in the .proto file
//	all integers            number, exact; also the 64-bit ones, which the standard mapping quotes
//	float, double           as in Avro
//	bytes                   string, base64
//	enum                    string, the name; the number where it has none
//	repeated, map           array; object, in the order of its keys
//	Timestamp, Duration, FieldMask, Struct, Value, wrappers
//	                        as in the standard mapping, integers within excepted
//	Any                     the message with "@type"; of a type that the schema does not import
//	                        {"@type": …, "value": base64}
//	a type that nobody declares
//	                        an error, where the field is there
//
// A field that tracks presence is left out where it is not set: messages, oneofs, optional ones. All
// others have a value always, and it is written also where it is the default, for that is what the
// field means: a rule on "paid": false finds it. Extensions and unknown fields are left out.
package protobuf
