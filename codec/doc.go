// Package codec turns the bytes of a record's value into a lazily read value.
//
// Rules read JSON. Values of the formats avro and protobuf are decoded to JSON by the schema that
// each of them names, so that a rule need not know how a value travelled. How a type is written
// depends on the schema only, never on a value's content.
//
// # Avro
//
//	null, boolean           null, true, false
//	int, long               number, exact
//	float, double           shortest number that reads back the same; "NaN", "Infinity", "-Infinity"
//	string                  string; one that is not UTF-8 makes the value undecodable
//	bytes, fixed            string, base64
//	enum                    string, the symbol
//	array, map, record      array, object, object with the fields in the order of the schema
//	union                   the value itself
//	decimal, big-decimal    number, exact, with all digits of its scale: 12.50
//	date                    "2026-03-04"
//	time-millis, -micros    "05:06:07.080", "05:06:07.080900"
//	timestamp-*             RFC 3339 in UTC with all digits of the unit: "2026-03-04T05:06:07.080Z"
//	local-timestamp-*       the same without the Z
//	uuid                    string, with hyphens
//	duration                string, ISO 8601: "P1Y2M3DT0.500S"
//	other logical types     as the type below, also where one is not as the specification says
//
// # Protobuf
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
//
// # JSON Schema
//
// The value is JSON behind a header. The registry has to know the schema, and as a JSON Schema; the
// value is not held against it.
package codec
