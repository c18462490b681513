package codec

import (
	"errors"
	"fmt"
	"strings"

	"github.com/twmb/avro"
)

// avroKind is what to do at one place of an Avro value: a type, or a logical type over it.
type avroKind uint8

const (
	avroNull avroKind = iota
	avroBoolean
	avroInt
	avroLong
	avroFloat
	avroDouble
	avroBytes
	avroString
	avroFixed
	avroEnum
	avroArray
	avroMap
	avroUnion
	avroRecord

	avroDate
	avroTimeMillis
	avroTimeMicros
	avroTimestamp // unit and local say which
	avroDecimalBytes
	avroDecimalFixed
	avroBigDecimal
	avroUUIDFixed
	avroDuration
)

// avroType is a compiled Avro type. Recursive types refer to themselves.
type avroType struct {
	kind     avroKind
	fields   []avroField // of a record
	item     *avroType   // of an array or a map
	branches []*avroType // of a union
	symbols  []string    // of an enum, quoted
	size     int         // of a fixed
	scale    int         // of a decimal
	unit     avroUnit    // of a timestamp
	local    bool
}

type avroField struct {
	name string
	key  string // the name as JSON with what precedes and follows it
	typ  *avroType
}

// parseAvro compiles a schema. The library reads the text, resolves the names and checks that it
// all makes sense; what comes of it decodes straight to JSON, without a tree of Go values between.
func parseAvro(src *source) (*avroType, error) {
	var cache avro.SchemaCache
	// The producers' libraries are lax about names, and readers that are not would lose whole topics.
	lax := avro.WithLaxNames(nil)
	seen := map[string]bool{}
	for _, ref := range src.refs {
		if seen[ref.text] { // one schema under two subjects
			continue
		}
		seen[ref.text] = true
		if _, err := cache.Parse(pruneAvro(ref.text), lax); err != nil {
			return nil, fmt.Errorf("parsing %s, which it refers to: %w", ref.name, err)
		}
	}
	s, err := cache.Parse(pruneAvro(src.text), lax)
	if err != nil {
		return nil, fmt.Errorf("parsing it: %w", err)
	}
	c := avroCompiler{named: map[string]*avroType{}}
	return c.compile(s.Root(), "", 0)
}

type avroCompiler struct {
	named map[string]*avroType // by full name
}

var avroPlain = map[string]avroKind{
	"null": avroNull, "boolean": avroBoolean, "int": avroInt, "long": avroLong, "float": avroFloat,
	"double": avroDouble, "bytes": avroBytes, "string": avroString,
}

var errAvroTooDeep = errors.New("its types nest too deep")

// compile compiles a type that stands in namespace.
func (c *avroCompiler) compile(n *avro.SchemaNode, namespace string, depth int) (*avroType, error) {
	if depth > MaxDepth {
		return nil, errAvroTooDeep
	}
	depth++
	t := &avroType{}
	switch n.Type {
	case "array":
		t.kind = avroArray
		return t, c.item(t, n.Items, namespace, depth)
	case "map":
		t.kind = avroMap
		return t, c.item(t, n.Values, namespace, depth)
	case "union":
		t.kind = avroUnion
		for i := range n.Branches {
			b, err := c.compile(&n.Branches[i], namespace, depth)
			if err != nil {
				return nil, err
			}
			t.branches = append(t.branches, b)
		}
		return t, nil
	case "record", "error":
		t.kind = avroRecord
		full, inner := avroName(n)
		c.named[full] = t // before its fields, which may refer to it
		for i, f := range n.Fields {
			ft, err := c.compile(&n.Fields[i].Type, inner, depth)
			if err != nil {
				return nil, err
			}
			t.fields = append(t.fields, avroField{f.Name, objectKey(f.Name, i == 0), ft})
		}
		return t, nil
	case "enum":
		t.kind = avroEnum
		for _, s := range n.Symbols {
			quoted, _ := appendString(nil, s)
			t.symbols = append(t.symbols, string(quoted))
		}
		full, _ := avroName(n)
		c.named[full] = t
		return t, nil
	case "fixed":
		t.kind, t.size = avroFixed, n.Size
		full, _ := avroName(n)
		c.named[full] = t
		return t, setLogical(t, n)
	}
	if kind, ok := avroPlain[n.Type]; ok {
		t.kind = kind
		return t, setLogical(t, n)
	}
	return c.lookup(n.Type, namespace)
}

func (c *avroCompiler) item(t *avroType, n *avro.SchemaNode, namespace string, depth int) (err error) {
	t.item, err = c.compile(n, namespace, depth)
	return err
}

// lookup finds a named type that was defined before, which in Avro is everywhere it can be.
func (c *avroCompiler) lookup(name, namespace string) (*avroType, error) {
	if namespace != "" && !strings.Contains(name, ".") {
		if t := c.named[namespace+"."+name]; t != nil {
			return t, nil
		}
	}
	if t := c.named[name]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("the type %q is not defined", name)
}

// avroName returns the full name of a named type and the namespace for what is within it.
func avroName(n *avro.SchemaNode) (full, namespace string) {
	if i := strings.LastIndexByte(n.Name, '.'); i >= 0 {
		return n.Name, n.Name[:i]
	}
	if n.Namespace == "" {
		return n.Name, ""
	}
	return n.Namespace + "." + n.Name, n.Namespace
}

// objectKey returns what stands before the value of an object's member.
func objectKey(name string, first bool) string {
	var key []byte
	if !first {
		key = append(key, ',')
	}
	key, _ = appendString(key, name)
	return string(append(key, ':'))
}
