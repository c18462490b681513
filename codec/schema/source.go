package schema

import "github.com/twmb/franz-go/pkg/sr"

// Source is the text of a schema and of all it refers to, each before what refers to it.
type Source struct {
	Kind sr.SchemaType
	Text string
	Refs []Reference
	ID   int // 0 where it is not known
	// Subjects are those that the schema is registered under, with its versions; none where nobody asked.
	Subjects []sr.SubjectVersion
}

// Reference is a schema that another refers to: by which name, and its text.
type Reference struct {
	Name string
	Text string
}

// MaxReferences bounds the schemas that one schema refers to, directly or not.
const MaxReferences = 1000

// MaxSchema bounds the text of a schema with all that it refers to, in bytes. What parsing
// Protobuf takes is bounded more closely (codec/protobuf).
const MaxSchema = 1 << 20

// MaxName bounds full names in a schema, in bytes: of each thing the name is kept with those of all that it
// is in.
const MaxName = 1 << 10
