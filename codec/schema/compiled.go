package schema

import "github.com/twmb/franz-go/pkg/sr"

// Types finds the type by which a value is decoded.
type Types interface {
	// Pick takes from b what says which of the schema's types the value is of, and returns that
	// type and the rest of b.
	Pick(b []byte) (Transcoder, []byte, error)
}

// Transcoder appends a value to out as JSON.
type Transcoder interface {
	Transcode(out, payload []byte) ([]byte, error)
	// Name is the full name of the type that a value is of; empty where it has none.
	Name(payload []byte) string
}

// Compiled is what the text of a schema is made into. Schemas of one text share it.
type Compiled struct {
	Part
	Kind   sr.SchemaType
	Title  string   // of a JSON Schema
	Names  []string // of the types that a value may be of
	Types  Types    // none of a JSON Schema
	Shared []*Part  // with schemas of other texts
}

// Parts are what this takes in memory.
func (c *Compiled) Parts() []*Part {
	return append([]*Part{&c.Part}, c.Shared...)
}
