package codec

import (
	"bytes"
	"sync/atomic"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// registered is a schema of the registry, ready to decode with.
type registered struct {
	*schema.Compiled
	about Schema
	size  atomic.Int64 // of what was decoded last, to make the next buffer by
}

// weight is what this takes in memory beside its parts, in bytes.
func (s *registered) weight() int { return weightSchema + len(s.about.Subject) }

func (s *registered) Pick(b []byte) (schema.Transcoder, []byte, error) { return s.Types.Pick(b) }

// decode returns a value as JSON, in memory of its own.
func (s *registered) decode(t schema.Transcoder, payload []byte) ([]byte, error) {
	size := s.size.Load()
	room := min(int(size+size/8), likely*len(payload)) + 64
	out, err := t.Transcode(make([]byte, 0, room), payload)
	if err != nil {
		return nil, err
	}
	if n := int64(len(out)); n != size {
		s.size.Store(n)
	}
	if cap(out) > 2*len(out)+roomy {
		out = bytes.Clone(out)
	}
	return out, nil
}

const (
	// likely is how much longer JSON is than what it was decoded from, at most as a rule: a large value
	// must not have small ones take as much memory.
	likely = 32
	// roomy is how much more than it needs a small value may take.
	roomy = 4 << 10
)

const weightSchema = 4 << 10 // with its place in the cache
