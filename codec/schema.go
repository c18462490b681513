package codec

import (
	"bytes"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/sr"
)

// maxDecoded bounds a decoded value. A few bytes can claim to be any number of empty items.
const maxDecoded = 16 << 20

// schema is a schema of the registry, ready to decode with.
type schema struct {
	*compiled
	about Schema
	size  atomic.Int64 // of what was decoded last, to make the next buffer by
}

// weight is what this takes in memory beside its parts, in bytes.
func (s *schema) weight() int { return weightSchema + len(s.about.Subject) }

// picker finds the type by which a value is decoded.
type picker interface {
	// pick takes from b what says which of the schema's types the value is of, and returns that
	// type and the rest of b.
	pick(b []byte) (transcoder, []byte, error)
}

// transcoder appends a value to out as JSON.
type transcoder interface {
	transcode(out, payload []byte) ([]byte, error)
	// name is the full name of the type that a value is of; empty where it has none.
	name(payload []byte) string
}

func (s *schema) pick(b []byte) (transcoder, []byte, error) { return s.types.pick(b) }

// decode returns a value as JSON, in memory of its own.
func (s *schema) decode(t transcoder, payload []byte) ([]byte, error) {
	size := s.size.Load()
	room := min(int(size+size/8), likely*len(payload)) + 64
	out, err := t.transcode(make([]byte, 0, room), payload)
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

// source is the text of a schema and of all it refers to, each before what refers to it.
type source struct {
	kind sr.SchemaType
	text string
	refs []reference
	id   int // 0 where it is not known
	// subjects are those that the schema is registered under, with its versions; none where nobody asked.
	subjects []sr.SubjectVersion
}

type reference struct {
	name string
	text string
}
