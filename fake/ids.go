package fake

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync/atomic"
)

// messageID is a UUID in text.
type messageID [36]byte

// idSource makes UUIDs of a random prefix and a counter: unique, and cheaper than
// randomness for each.
type idSource struct {
	prefix [24]byte
	next   atomic.Uint64
}

func newIDSource() *idSource {
	var r [8]byte
	rand.Read(r[:])
	s := &idSource{}
	copy(s.prefix[:], fmt.Sprintf("%x-%x-4%s-8%s-", r[:4], r[4:6], hex.EncodeToString(r[6:8])[:3], hex.EncodeToString(r[5:7])[:3]))
	return s
}

func (s *idSource) new() (id messageID) {
	const digits = "0123456789abcdef"
	copy(id[:], s.prefix[:])
	n := s.next.Add(1)
	for i := len(id) - 1; i >= len(s.prefix); i-- {
		id[i] = digits[n&15]
		n >>= 4
	}
	return id
}

// sequenceNumber prints the n-th sequence number: 20 digits, more than 64 bits,
// growing and not consecutive, as SQS describes its own.
func sequenceNumber(n uint64) string { return fmt.Sprintf("188%017d", n*256) }
