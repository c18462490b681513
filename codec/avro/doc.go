// Package avro reads Avro by a schema and writes it as JSON, straight from one to the other.
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
package avro
