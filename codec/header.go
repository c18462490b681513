package codec

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// SchemaHeader is the record header in which newer producers put the id of a value's schema, in
// place of the bytes before the value.
const SchemaHeader = "__value_schema_id"

// schemaKey names a schema: a GUID, or an id where the GUID is zero. Under which subject it is registered
// may differ by topic: with the number of one, that is part of what is asked for, and must be told where
// it is needed.
type schemaKey struct {
	guid   [16]byte
	id     int32
	topic  int32
	needed bool
}

func (k schemaKey) String() string {
	if k.guid == ([16]byte{}) {
		return strconv.Itoa(int(k.id))
	}
	return formatUUID(k.guid)
}

func formatUUID(u [16]byte) string { return string(appendUUID(make([]byte, 0, 36), u[:])) }

func appendUUID(b, u []byte) []byte {
	for i, part := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:16]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}

// The first byte of a header says which kind of id follows.
const (
	magicID   = 0
	magicGUID = 1
)

var (
	errBadHeader  = errors.New("the record's " + SchemaHeader + " header holds no schema id")
	errNoSuchID   = errors.New("no registry gives out such an id, so this is probably not how the value is marked; " + seeFormats)
	errBadIndexes = errors.New("the message indexes are malformed")
)

// noHeader says what a value begins with that should begin with the id of a schema.
func noHeader(raw []byte) error {
	const wanted = "the value does not begin with a schema id (a zero byte and four more)"
	switch name := foreign(raw); {
	case name != "":
		return fmt.Errorf("%s, but as with %s; %s", wanted, name, seeFormats)
	case jsonDocument(raw) != nil:
		return errors.New(wanted + ", but is JSON; give the topic format: json")
	}
	return errors.New(wanted + "; is the topic's format right?")
}

// cutKey takes the schema's id off the front of b.
func cutKey(b []byte) (key schemaKey, rest []byte, ok bool) {
	switch {
	case len(b) >= 5 && b[0] == magicID:
		key.id = int32(binary.BigEndian.Uint32(b[1:])) //nolint:gosec // negative is told apart by valid
		return key, b[5:], true
	case len(b) >= 17 && b[0] == magicGUID:
		copy(key.guid[:], b[1:])
		return key, b[17:], true
	}
	return key, nil, false
}

// valid reports whether a registry can know the schema: ids are positive there.
func (k schemaKey) valid() bool { return k.id > 0 || k.guid != [16]byte{} }

// cutIndexes walks the message indexes at the front of b: at each step the place of a message
// among its siblings. The count before them is the producer's word, so nothing is sized by it.
func cutIndexes(b []byte, step func(place int) error) (rest []byte, err error) {
	count, b, ok := cutVarint(b)
	if !ok || count < 0 {
		return nil, errBadIndexes
	}
	if count == 0 { // short for the first message of the file
		return b, step(0)
	}
	for ; count > 0; count-- {
		var place int64
		if place, b, ok = cutVarint(b); !ok || place < 0 || place > math.MaxInt32 {
			return nil, errBadIndexes
		}
		if err := step(int(place)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// cutVarint takes a zigzag varint off the front of b.
func cutVarint(b []byte) (v int64, rest []byte, ok bool) {
	v, n := binary.Varint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return v, b[n:], true
}
