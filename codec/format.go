package codec

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/sr"
)

// Format is how the values of a topic are read. The zero Format is FormatJSON.
type Format string

const (
	// FormatJSON reads a value as one JSON document; a value that is not one is read as text.
	FormatJSON Format = "json"
	// FormatText never looks into a value; expressions see a string, or bytes where it is not UTF-8.
	FormatText Format = "text"
	// FormatBytes never looks into a value; expressions see bytes.
	FormatBytes Format = "bytes"
	// FormatAvro reads Avro, by the schema that the value names.
	FormatAvro Format = "avro"
	// FormatProtobuf reads Protobuf, by the schema and message that the value names.
	FormatProtobuf Format = "protobuf"
	// FormatJSONSchema reads JSON behind the id of a JSON Schema.
	FormatJSONSchema Format = "json_schema"
)

// ParseFormat returns the format of that name; the empty name is FormatJSON.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case "":
		return FormatJSON, nil
	case FormatJSON, FormatText, FormatBytes, FormatAvro, FormatProtobuf, FormatJSONSchema:
		return f, nil
	}
	return "", fmt.Errorf("unknown format %q; write json, text, bytes, avro, protobuf or json_schema", name)
}

// Schemas reports whether values of the format name a schema of the registry.
func (f Format) Schemas() bool {
	return f == FormatAvro || f == FormatProtobuf || f == FormatJSONSchema
}

// formatOf is the format of the values that a schema of this kind describes.
func formatOf(kind sr.SchemaType) Format {
	switch kind {
	case sr.TypeProtobuf:
		return FormatProtobuf
	case sr.TypeJSON:
		return FormatJSONSchema
	default:
		return FormatAvro
	}
}
