package simulate

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
)

// encoded is a value that names its schema, as Confluent's serializers write it.
type encoded struct {
	format  string
	id      uint32
	kind    int
	payload []byte // what follows the id
	json    []byte // what it decodes to; nil where it does not fit its schema, or there is none
}

func (e *encoded) framed() []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, e.id), e.payload...)
}

func hasSchemas(format string) bool { return slices.Contains(schemaFormats, format) }

var schemaFormats = []string{"avro", "protobuf", "json_schema"}

// schemasOf are the schemas of each format in the registry: so many ids from the first one, of the same
// text.
var schemasOf = map[string]struct {
	first uint32
	count int
	kind  string // as the registry calls the format
	text  string
}{
	"avro": {100, 20, "AVRO", `{"type":"record","name":"R","fields":[{"name":"id","type":"long"},` +
		`{"name":"kind","type":"int"},{"name":"pad","type":"Pad"}]}`},
	"protobuf":    {200, 20, "PROTOBUF", `syntax = "proto3"; message R { int64 id = 1; int32 kind = 2; string pad = 3; }`},
	"json_schema": {300, 20, "JSON", `{"type":"object"}`},
}

// padSchema is what the Avro schema refers to.
const padSchema = `{"type":"enum","name":"Pad","symbols":["none","some"]}`

// encode writes a record by the schema n of a format.
func encode(format string, id, kind int, pad string, n int) *encoded {
	e := &encoded{format: format, id: schemasOf[format].first + uint32(n), kind: kind}
	switch format {
	case "avro":
		symbol := min(len(pad), 1)
		for _, v := range []int{id, kind, symbol} {
			e.payload = binary.AppendVarint(e.payload, int64(v))
		}
		e.json = fmt.Appendf(nil, `{"id":%d,"kind":%d,"pad":"%s"}`, id, kind, []string{"none", "some"}[symbol])
	case "protobuf":
		const varint, bytes = 0, 2
		b := []byte{0} // the first message of the schema
		b = binary.AppendUvarint(append(b, 1<<3|varint), uint64(id))
		b = binary.AppendUvarint(append(b, 2<<3|varint), uint64(kind))
		b = binary.AppendUvarint(append(b, 3<<3|bytes), uint64(len(pad)))
		e.payload = append(b, pad...)
		e.json = fmt.Appendf(nil, `{"id":%d,"kind":%d,"pad":"%s"}`, id, kind, pad)
	case "json_schema":
		e.json, _ = json.Marshal(map[string]any{"id": id, "kind": kind, "pad": pad})
		e.payload = e.json
	}
	return e
}
