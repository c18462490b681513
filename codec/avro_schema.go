package codec

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
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

	avroMissing // a named type that nobody defines
)

// avroType is a compiled Avro type. Recursive types refer to themselves.
type avroType struct {
	kind     avroKind
	full     string      // name, of a record, an enum or a fixed
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

// parseAvro compiles a schema, which then decodes straight to JSON, without a tree of Go values between.
//
// It is no stricter than the registries' own parsers, and looks only at what a value is read by:
// defaults, aliases and other properties may be anything. A named type may be defined after it is
// used, and one that is not defined at all only fails the values that have it.
//
// It also returns what the type takes in memory, in bytes.
func parseAvro(src *source) (_ *avroType, weight int, err error) {
	c := avroCompiler{named: map[string]*avroType{}}
	seen := map[string]bool{}
	for _, ref := range src.refs {
		if seen[ref.text] { // one schema under two subjects
			continue
		}
		seen[ref.text] = true
		if _, err := c.parse(ref.text); err != nil {
			return nil, 0, fmt.Errorf("parsing %s, which it refers to: %w", ref.name, err)
		}
	}
	t, err := c.parse(src.text)
	if err != nil {
		return nil, 0, fmt.Errorf("parsing it: %w", err)
	}
	for _, u := range c.unresolved {
		if known := c.lookup(u.use.full, u.namespace); known != nil {
			*u.use = *known
		}
	}
	return t, c.weight, nil
}

type avroCompiler struct {
	named      map[string]*avroType // by full name
	unresolved []avroUse
	weight     int // of what is compiled, in bytes
}

// avroUse is a place in a namespace that names a type which was not defined before.
type avroUse struct {
	use       *avroType
	namespace string
}

var avroPlain = map[string]avroKind{
	"null": avroNull, "boolean": avroBoolean, "int": avroInt, "long": avroLong, "float": avroFloat,
	"double": avroDouble, "bytes": avroBytes, "string": avroString,
}

var errAvroTooDeep = errors.New("its types nest too deep")

func (c *avroCompiler) parse(text string) (*avroType, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows the schema")
	}
	return c.compile(v, "", 0)
}

// compile compiles a type that stands in namespace.
func (c *avroCompiler) compile(v any, namespace string, depth int) (*avroType, error) {
	if depth++; depth > MaxDepth {
		return nil, errAvroTooDeep
	}
	c.weight += weightAvroType
	switch v := v.(type) {
	case string:
		return c.use(v, namespace), nil
	case []any:
		t := &avroType{kind: avroUnion}
		for _, branch := range v {
			b, err := c.compile(branch, namespace, depth)
			if err != nil {
				return nil, err
			}
			t.branches = append(t.branches, b)
		}
		return t, nil
	case avroObject:
		return c.object(v, namespace, depth)
	}
	return nil, errors.New("a type is neither a name, an object nor a union")
}

// avroObject is a type or a field that is written as a JSON object.
type avroObject = map[string]any

func (c *avroCompiler) object(o avroObject, namespace string, depth int) (t *avroType, err error) {
	kind, ok := o["type"].(string)
	if !ok { // {"type": {"type": …}}
		return c.compile(o["type"], namespace, depth)
	}
	t = &avroType{}
	switch kind {
	case "array":
		t.kind = avroArray
		t.item, err = c.compile(o["items"], namespace, depth)
		return t, err
	case "map":
		t.kind = avroMap
		t.item, err = c.compile(o["values"], namespace, depth)
		return t, err
	case "record", "error":
		t.kind = avroRecord
		if namespace, err = c.define(t, o, namespace); err != nil {
			return nil, err
		}
		return t, c.fields(t, o, namespace, depth)
	case "enum":
		t.kind = avroEnum
		symbols, there := o["symbols"].([]any)
		if !there {
			return nil, errors.New("an enum has no symbols")
		}
		for _, s := range symbols {
			text, _ := s.(string)
			quoted, _ := appendString(nil, text)
			t.symbols = append(t.symbols, string(quoted))
			c.weight += weightText + len(quoted)
		}
		_, err = c.define(t, o, namespace)
		return t, err
	case "fixed":
		t.kind = avroFixed
		if t.size, ok = whole(o["size"]); !ok || t.size < 0 {
			return nil, errors.New("a fixed has no size")
		}
		setLogical(t, o)
		_, err = c.define(t, o, namespace)
		return t, err
	}
	if plain, ok := avroPlain[kind]; ok {
		t.kind = plain
		setLogical(t, o)
		return t, nil
	}
	return c.use(kind, namespace), nil
}

func (c *avroCompiler) fields(t *avroType, o avroObject, namespace string, depth int) error {
	fields, ok := o["fields"].([]any)
	if !ok {
		return fmt.Errorf("the record %q has no fields", excerpt.Of(t.full))
	}
	for i, v := range fields {
		f, _ := v.(avroObject)
		name, ok := f["name"].(string)
		if !ok {
			return fmt.Errorf("a field of %q has no name", excerpt.Of(t.full))
		}
		ft, err := c.compile(f["type"], namespace, depth)
		if err != nil {
			return within(name, err)
		}
		t.fields = append(t.fields, avroField{name, objectKey(name, i == 0), ft})
		c.weight += weightAvroField + 2*len(name)
	}
	return nil
}

// define names a type, before what is within it, which may refer to it. It returns the namespace there.
func (c *avroCompiler) define(t *avroType, o avroObject, namespace string) (string, error) {
	name, ok := o["name"].(string)
	if !ok {
		return "", errors.New("a record, an enum or a fixed has no name")
	}
	if own, ok := o["namespace"].(string); ok {
		namespace = own
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		namespace, name = name[:i], name[i+1:]
	}
	if t.full = name; namespace != "" {
		t.full = namespace + "." + name
	}
	if len(t.full) > maxName {
		return "", fmt.Errorf("the full name of %q is longer than %d bytes", excerpt.Of(name), maxName)
	}
	if c.named[t.full] != nil {
		return "", fmt.Errorf("the type %q is defined twice", excerpt.Of(t.full))
	}
	c.named[t.full] = t
	c.weight += len(t.full)
	return namespace, nil
}

// use returns the type that a name means.
func (c *avroCompiler) use(name, namespace string) *avroType {
	if kind, ok := avroPlain[name]; ok {
		return &avroType{kind: kind}
	}
	if t := c.lookup(name, namespace); t != nil {
		return t
	}
	t := &avroType{kind: avroMissing, full: name}
	c.weight += len(name)
	c.unresolved = append(c.unresolved, avroUse{t, namespace})
	return t
}

// lookup finds what a name means in a namespace; nil where nothing is defined.
func (c *avroCompiler) lookup(name, namespace string) *avroType {
	if namespace != "" && !strings.Contains(name, ".") {
		if t := c.named[namespace+"."+name]; t != nil {
			return t
		}
	}
	return c.named[name]
}

// whole returns a number that is written as a whole one.
func whole(v any) (int, bool) {
	text, ok := v.(json.Number)
	n, err := text.Int64()
	return int(n), ok && err == nil
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
