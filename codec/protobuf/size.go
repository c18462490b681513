package protobuf

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

// maxTree bounds what the message of a value takes in memory before it is JSON: two bytes of Protobuf
// make a message of some hundred.
const maxTree = 48 << 20

// What the library makes of each part, in bytes (TestSizeOfDecodedPayloadIsKnownBefore).
const (
	sizeMessage = 176 // with nothing in it
	sizeFields  = 304 // of the first field that is set
	sizeField   = 56  // of each, for what comes with many
	sizeItem    = 32  // of a list
	sizeMap     = 384 // with the first few entries
	sizeEntry   = 64  // of a map, beside its key and value
	// sizeMost is the most that a byte makes: the first entry of a map of messages needs two.
	sizeMost = (sizeMap+sizeEntry+sizeMessage+sizeField)/2 + 1
)

var errTree = fmt.Errorf("its messages, lists and maps would take more than %d MiB", maxTree>>20)

// errMalformed ends a look at a payload that the library will refuse at the same place.
var errMalformed = errors.New("malformed")

// parse reads a payload whose message fits into the memory that is left. It takes size of that, which
// is to be given back when nobody needs the message any more.
func (w *jsonWriter) parse(m *messageType, payload []byte) (msg *dynamicpb.Message, size int, err error) {
	left := maxTree - w.tree
	if size = sizeMost * (len(payload) + 2); size > left {
		s := sizer{left: left}
		if err := s.message(m.desc, payload, sizeMessage+sizeFields, 0); errors.Is(err, errTree) {
			return nil, 0, err
		}
		size = left - s.left
	}
	w.tree += size
	msg = dynamicpb.NewMessage(m.desc)
	return msg, size, unmarshalMessage(payload, msg)
}

var errBadMap = errors.New("the key of a map is malformed")

// unmarshalMessage keeps the process from ending with a value: the library panics on an entry of a map that has
// a second key, of another type than the first.
func unmarshalMessage(payload []byte, msg *dynamicpb.Message) (err error) {
	defer func() {
		if recover() != nil {
			err = errBadMap
		}
	}()
	return unmarshalOptions.Unmarshal(payload, msg)
}

// sizer adds up what a payload makes.
type sizer struct{ left int }

func (s *sizer) take(n int) error {
	if s.left -= n; s.left < 0 {
		return errTree
	}
	return nil
}

// message adds up a message that itself takes size.
func (s *sizer) message(desc protoreflect.MessageDescriptor, b []byte, size, depth int) error {
	if err := s.take(size); err != nil {
		return err
	}
	if depth > jsontext.MaxDepth {
		return errMalformed
	}
	fields := desc.Fields()
	var entries protowire.Number // of which map the field before was, if of any
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errMalformed
		}
		value := b[n:]
		if n = protowire.ConsumeFieldValue(number, kind, value); n < 0 {
			return errMalformed
		}
		b = value[n:]
		f := fields.ByNumber(number)
		if f != nil && f.IsMap() && number != entries {
			entries = number
			if err := s.take(sizeMap); err != nil {
				return err
			}
		}
		if err := s.field(f, number, kind, value[:n], depth); err != nil {
			return err
		}
	}
	return nil
}

// field adds up one field, or one item of a list or a map; f is nil where it is unknown, whose bytes
// are kept.
func (s *sizer) field(f protoreflect.FieldDescriptor, number protowire.Number, kind protowire.Type, value []byte, depth int) error {
	if f == nil {
		return s.take(2 * (len(value) + 2))
	}
	size := sizeField
	if f.IsList() {
		size = sizeItem
	}
	switch {
	case kind == protowire.BytesType:
		value, _ = protowire.ConsumeBytes(value)
	case kind == protowire.StartGroupType:
		value, _ = protowire.ConsumeGroup(number, value)
	default:
		return s.take(size)
	}
	switch inner := f.Message(); {
	case f.IsMap():
		size = sizeEntry
		if f.MapValue().Message() != nil {
			size += sizeMessage // is made where none is set as well
		}
		return s.message(inner, value, size, depth+1)
	case inner != nil:
		if len(value) > 0 {
			size += sizeFields
		}
		return s.message(inner, value, sizeMessage+size, depth+1)
	case f.IsList() && f.Kind() != protoreflect.StringKind && f.Kind() != protoreflect.BytesKind: // packed
		return s.take(size + sizeItem*items(f.Kind(), value))
	}
	return s.take(size + len(value) + len(value)/4 + 8) // as memory is handed out
}

// items returns how many numbers are packed.
func items(kind protoreflect.Kind, packed []byte) int {
	switch kind {
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return len(packed) / 4
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return len(packed) / 8
	default:
		n := 0
		for _, b := range packed {
			if b < 0x80 {
				n++
			}
		}
		return n
	}
}
