package codec

import (
	"bytes"
	"encoding/binary"
)

// framing is a way to mark values with their schema that is not read here.
type framing struct {
	name string
	is   func(b []byte) bool
}

// framings are those that are told by how a value begins; docs/formats.md says what to do about each.
// The more particular ones come first.
var framings = []framing{
	{"an Avro container file", starts("Obj\x01")},
	{"Avro's single-object encoding", starts("\xc3\x01")},
	{"Azure Schema Registry", func(b []byte) bool {
		return len(b) >= 36 && binary.BigEndian.Uint32(b) == 0 && isHex(b[4:36])
	}},
	{"Apicurio Registry with ids of eight bytes", func(b []byte) bool {
		return len(b) >= 9 && b[0] == 0 && binary.BigEndian.Uint32(b[1:]) == 0 && binary.BigEndian.Uint32(b[5:]) > 0
	}},
	{"AWS Glue Schema Registry", func(b []byte) bool { return len(b) >= 18 && b[0] == 3 && (b[1] == 0 || b[1] == 5) }},
	{"Cloudera Schema Registry", func(b []byte) bool {
		return len(b) >= 9 && (b[0] == 1 || b[0] == 2) && binary.BigEndian.Uint32(b[1:]) == 0
	}},
	{"gzip", starts("\x1f\x8b")},
	{"zstd", starts("\x28\xb5\x2f\xfd")},
}

func starts(with string) func([]byte) bool {
	return func(b []byte) bool { return bytes.HasPrefix(b, []byte(with)) }
}

func isHex(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// foreign names the framing that a value has, if it has one that is not read here.
func foreign(b []byte) string {
	for _, f := range framings {
		if f.is(b) {
			return f.name
		}
	}
	return ""
}

const seeFormats = "see docs/formats.md#other-framings"
