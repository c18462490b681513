package protobuf

import (
	"encoding/base64"
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

// knownMessage writes one of the messages that JSON has a form of its own for.
type knownMessage func(w *jsonWriter, m *messageType, msg protoreflect.Message) error

var knownMessages map[protoreflect.FullName]knownMessage

func init() { // they refer to each other
	knownMessages = map[protoreflect.FullName]knownMessage{
		"google.protobuf.Any":         writeAny,
		"google.protobuf.Timestamp":   writeStandard,
		"google.protobuf.Duration":    writeStandard,
		"google.protobuf.FieldMask":   writeStandard,
		"google.protobuf.Struct":      writeOnly,
		"google.protobuf.ListValue":   writeOnly,
		"google.protobuf.Value":       writeValue,
		"google.protobuf.BoolValue":   writeOnly,
		"google.protobuf.BytesValue":  writeOnly,
		"google.protobuf.DoubleValue": writeOnly,
		"google.protobuf.FloatValue":  writeOnly,
		"google.protobuf.Int32Value":  writeOnly,
		"google.protobuf.Int64Value":  writeOnly,
		"google.protobuf.StringValue": writeOnly,
		"google.protobuf.UInt32Value": writeOnly,
		"google.protobuf.UInt64Value": writeOnly,
	}
}

// writeStandard leaves a message without messages within to the library.
func writeStandard(w *jsonWriter, _ *messageType, msg protoreflect.Message) (err error) {
	if w.out, err = (protojson.MarshalOptions{}).MarshalAppend(w.out, msg.Interface()); err == nil && len(w.out) > jsontext.MaxDecoded {
		return jsontext.ErrTooLarge
	}
	return err
}

// writeOnly writes a message as its only field.
func writeOnly(w *jsonWriter, m *messageType, msg protoreflect.Message) error {
	f := &m.fields[0]
	return w.field(f, msg.Get(f.desc))
}

// writeValue writes whichever field of a google.protobuf.Value is set.
func writeValue(w *jsonWriter, m *messageType, msg protoreflect.Message) error {
	for i := range m.fields {
		if f := &m.fields[i]; msg.Has(f.desc) {
			return w.field(f, msg.Get(f.desc))
		}
	}
	w.out = append(w.out, "null"...)
	return nil
}

// maxAnys bounds messages within messages that each had to be copied out of the one around it.
const maxAnys = 16

// writeAny writes what is packed into a message, with its type. A type that the schema does not
// import comes with its bytes, in base64.
func writeAny(w *jsonWriter, m *messageType, msg protoreflect.Message) error {
	url := msg.Get(m.fields[0].desc).String()
	packed := msg.Get(m.fields[1].desc).Bytes()
	w.out = append(w.out, `{"@type":`...)
	if err := w.text(url); err != nil {
		return err
	}
	inner := w.file.all[protoreflect.FullName(url[strings.LastIndexByte(url, '/')+1:])]
	if inner == nil {
		if !jsontext.Fits(w.out, base64.StdEncoding.EncodedLen(len(packed))) {
			return jsontext.ErrTooLarge
		}
		w.out = append(jsontext.AppendBase64(append(w.out, `,"value":`...), packed), '}')
		return nil
	}
	if w.anys++; w.anys > maxAnys {
		return fmt.Errorf("more than %d messages of type Any are within each other", maxAnys)
	}
	defer func() { w.anys-- }()
	return w.unpack(inner, packed)
}
