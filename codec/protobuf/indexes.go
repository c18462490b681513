package protobuf

import (
	"encoding/binary"
	"errors"
	"math"
)

var errBadIndexes = errors.New("the message indexes are malformed")

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
