package codec

import (
	"encoding/binary"
	"strconv"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

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

func formatUUID(u [16]byte) string { return string(jsontext.AppendUUID(make([]byte, 0, 36), u[:])) }

// The first byte of a header says which kind of id follows.
const (
	magicID   = 0
	magicGUID = 1
)

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
