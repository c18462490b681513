package codec

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/tidwall/gjson"
	"github.com/twmb/franz-go/pkg/sr"
)

// maxDecoded bounds a decoded value. A few bytes can claim to be any number of empty items.
const maxDecoded = 16 << 20

// schema is a schema of the registry, ready to decode with.
type schema struct {
	format Format
	about  Schema
	title  string   // of a JSON Schema
	names  []string // of the types that a value may be of
	types  picker
	weight int          // of all this in memory, in bytes
	size   atomic.Int64 // of what was decoded last, to make the next buffer by
}

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

// compile makes a schema of its text. The parsers get text that others wrote: should one of them
// panic, then this schema is of no use, and the process goes on.
func compile(src *source) (s *schema, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot be parsed: %v", p)
		}
	}()
	switch src.kind {
	case sr.TypeAvro:
		t, weight, err := parseAvro(src)
		if err != nil {
			return nil, err
		}
		return &schema{format: FormatAvro, types: t, names: t.names(), weight: weightSchema + weight}, nil
	case sr.TypeProtobuf:
		t, err := parseProtobuf(src)
		if err != nil {
			return nil, err
		}
		return &schema{format: FormatProtobuf, types: t, names: t.names(), weight: weightSchema + t.weight}, nil
	case sr.TypeJSON:
		title := strings.Clone(gjson.Get(src.text, "title").String()) // or it keeps all of the text
		return &schema{format: FormatJSONSchema, title: title, names: []string{title}, weight: weightSchema + len(title)}, nil
	}
	return nil, fmt.Errorf("its type is %v, which is neither Avro, Protobuf nor JSON Schema", src.kind)
}
