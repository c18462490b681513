package protobuf

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Extensions are not resolved: the generated types of this program are none of the schema's.
var unmarshalOptions = proto.UnmarshalOptions{RecursionLimit: jsontext.MaxDepth, Resolver: (*protoregistry.Types)(nil)}

func (m *messageType) Transcode(out, payload []byte) ([]byte, error) {
	w := jsonWriter{out: out, file: m.unit}
	if err := w.unmarshal(m, payload); err != nil {
		return nil, err
	}
	return w.out, nil
}

func (m *messageType) Name([]byte) string { return string(m.desc.FullName()) }

// jsonWriter writes messages as JSON.
type jsonWriter struct {
	out   []byte
	file  *fileUnit // the schema's, which declares the value's type
	depth int
	anys  int // that the current message is within
	tree  int // bytes that messages take which are being written
}

func (w *jsonWriter) unmarshal(m *messageType, payload []byte) error {
	msg, size, err := w.parse(m, payload)
	if err != nil {
		return err
	}
	defer func() { w.tree -= size }()
	return w.message(m, msg)
}

// unpack writes what an Any holds, after its type.
func (w *jsonWriter) unpack(m *messageType, payload []byte) error {
	if m.known != nil {
		w.out = append(w.out, `,"value":`...)
		if err := w.unmarshal(m, payload); err != nil {
			return err
		}
	} else {
		msg, size, err := w.parse(m, payload)
		if err != nil {
			return err
		}
		if err := w.members(m, msg, false); err != nil {
			return err
		}
		w.tree -= size
	}
	w.out = append(w.out, '}')
	return nil
}

// enter counts a level of nesting; leave with w.depth--.
func (w *jsonWriter) enter() error {
	if w.depth++; w.depth > jsontext.MaxDepth {
		return jsontext.ErrTooDeep
	}
	if len(w.out) > jsontext.MaxDecoded {
		return jsontext.ErrTooLarge
	}
	return nil
}

func (w *jsonWriter) message(m *messageType, msg protoreflect.Message) error {
	if err := w.enter(); err != nil {
		return err
	}
	defer func() { w.depth-- }()
	if m.known != nil {
		return m.known(w, m, msg)
	}
	w.out = append(w.out, '{')
	if err := w.members(m, msg, true); err != nil {
		return err
	}
	w.out = append(w.out, '}')
	return nil
}

// members writes the fields that have a value: those set, and those that have one always.
func (w *jsonWriter) members(m *messageType, msg protoreflect.Message, first bool) error {
	for i := range m.fields {
		f := &m.fields[i]
		if f.lost != "" {
			if err := f.missing(msg); err != nil {
				return jsontext.Within(f.name, err)
			}
			continue
		}
		if !f.always && !msg.Has(f.desc) {
			continue
		}
		if !first {
			w.out = append(w.out, ',')
		}
		first = false
		w.out = append(w.out, f.key...)
		if err := w.field(f, msg.Get(f.desc)); err != nil {
			return jsontext.Within(f.name, err)
		}
	}
	return nil
}

// missing returns an error where a message has a field of a type that nobody declares. What is no message
// is among what is unknown.
func (f *messageField) missing(msg protoreflect.Message) error {
	there := msg.Has(f.desc)
	for b := msg.GetUnknown(); len(b) > 0 && !there; {
		number, _, n := protowire.ConsumeField(b)
		if n < 0 {
			break // cannot happen: it was taken
		}
		there, b = number == f.desc.Number(), b[n:]
	}
	if !there {
		return nil
	}
	return fmt.Errorf("its type %q is declared neither by the schema nor by what it refers to", excerpt.Of(strings.TrimPrefix(string(f.lost), "*.")))
}

func (w *jsonWriter) field(f *messageField, v protoreflect.Value) error {
	switch {
	case f.list:
		return w.list(f, v.List())
	case f.dict:
		return w.dict(f, v.Map())
	}
	return w.value(f, v)
}

func (w *jsonWriter) list(f *messageField, list protoreflect.List) error {
	if err := w.enter(); err != nil {
		return err
	}
	w.out = append(w.out, '[')
	for i := range list.Len() {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.value(f, list.Get(i)); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	w.depth--
	return nil
}

// dict writes a map. Its order on the wire means nothing and is gone by now: in the order of keys
// the same value is always the same text.
func (w *jsonWriter) dict(f *messageField, dict protoreflect.Map) error {
	if err := w.enter(); err != nil {
		return err
	}
	type entry struct {
		key   string
		value protoreflect.Value
	}
	entries := make([]entry, 0, dict.Len())
	dict.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		entries = append(entries, entry{k.String(), v})
		return true
	})
	slices.SortFunc(entries, func(a, b entry) int {
		if a.key < b.key {
			return -1
		}
		return 1 // keys of a map differ
	})
	w.out = append(w.out, '{')
	for i, e := range entries {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.text(e.key); err != nil {
			return err
		}
		w.out = append(w.out, ':')
		if err := w.value(f, e.value); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	w.depth--
	return nil
}

// value writes a single value: of a field, an item of a list or a value of a map.
func (w *jsonWriter) value(f *messageField, v protoreflect.Value) error {
	switch f.value.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return w.message(f.message, v.Message())
	case protoreflect.EnumKind:
		w.enumValue(f, v.Enum())
	case protoreflect.StringKind:
		return w.text(v.String())
	case protoreflect.BytesKind:
		if !jsontext.Fits(w.out, base64.StdEncoding.EncodedLen(len(v.Bytes()))) {
			return jsontext.ErrTooLarge
		}
		w.out = jsontext.AppendBase64(w.out, v.Bytes())
	case protoreflect.BoolKind:
		w.out = strconv.AppendBool(w.out, v.Bool())
	case protoreflect.FloatKind:
		w.out = jsontext.AppendFloat(w.out, v.Float(), 32)
	case protoreflect.DoubleKind:
		w.out = jsontext.AppendFloat(w.out, v.Float(), 64)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind, protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		w.out = strconv.AppendUint(w.out, v.Uint(), 10)
	default:
		w.out = strconv.AppendInt(w.out, v.Int(), 10)
	}
	return nil
}

// enumValue writes the name; a number that the schema has no name for stays a number.
func (w *jsonWriter) enumValue(f *messageField, n protoreflect.EnumNumber) {
	if f.null {
		w.out = append(w.out, "null"...)
		return
	}
	if name, ok := f.enum[n]; ok {
		w.out = append(w.out, name...)
		return
	}
	w.out = strconv.AppendInt(w.out, int64(n), 10)
}

// text writes a string. Files of syntax proto2 do not hold theirs to UTF-8.
func (w *jsonWriter) text(s string) error {
	if !jsontext.Fits(w.out, jsontext.EscapedLen(s)) {
		return jsontext.ErrTooLarge
	}
	out, ascii := jsontext.AppendString(w.out, s)
	if !ascii && !utf8.ValidString(s) {
		return jsontext.ErrNotUTF8
	}
	w.out = out
	return nil
}
