package avro

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/codec/schema"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// typeKind is what to do at one place of an Avro value: a type, or a logical type over it.
type typeKind uint8

const (
	kindNull typeKind = iota
	kindBoolean
	kindInt
	kindLong
	kindFloat
	kindDouble
	kindBytes
	kindString
	kindFixed
	kindEnum
	kindArray
	kindMap
	kindUnion
	kindRecord

	kindDate
	kindTimeMillis
	kindTimeMicros
	kindTimestamp // unit and local say which
	kindDecimalBytes
	kindDecimalFixed
	kindBigDecimal
	kindUUIDFixed
	kindDuration

	kindMissing // a named type that nobody defines
)

// valueType is a compiled Avro type. Recursive types refer to themselves.
type valueType struct {
	kind     typeKind
	full     string        // name, of a record, an enum or a fixed
	fields   []recordField // of a record
	item     *valueType    // of an array or a map
	branches []*valueType  // of a union
	symbols  []string      // of an enum, quoted
	size     int           // of a fixed
	scale    int           // of a decimal
	unit     timeUnit      // of a timestamp
	local    bool
}

type recordField struct {
	name string
	key  string // the name as JSON with what precedes and follows it
	typ  *valueType
}

// Parse compiles a schema, which then decodes straight to JSON, without a tree of Go values between.
//
// It is no stricter than the registries' own parsers, and looks only at what a value is read by:
// defaults, aliases and other properties may be anything. A named type may be defined after it is
// used, and one that is not defined at all only fails the values that have it.
func Parse(src *schema.Source) (*schema.Compiled, error) {
	c := schemaCompiler{named: map[string]*valueType{}}
	seen := map[string]bool{}
	for _, ref := range src.Refs {
		if seen[ref.Text] { // one schema under two subjects
			continue
		}
		seen[ref.Text] = true
		if _, err := c.parse(ref.Text); err != nil {
			return nil, fmt.Errorf("parsing %s, which it refers to: %w", ref.Name, err)
		}
	}
	t, err := c.parse(src.Text)
	if err != nil {
		return nil, fmt.Errorf("parsing it: %w", err)
	}
	for _, u := range c.unresolved {
		if known := c.lookup(u.use.full, u.namespace); known != nil {
			*u.use = *known
		}
	}
	return &schema.Compiled{Kind: sr.TypeAvro, Types: t, Names: t.names(), Part: schema.Part{Weight: c.weight}}, nil
}

type schemaCompiler struct {
	named      map[string]*valueType // by full name
	unresolved []unresolvedUse
	weight     int // of what is compiled, in bytes
}

// unresolvedUse is a place in a namespace that names a type which was not defined before.
type unresolvedUse struct {
	use       *valueType
	namespace string
}

var primitiveKinds = map[string]typeKind{
	"null": kindNull, "boolean": kindBoolean, "int": kindInt, "long": kindLong, "float": kindFloat,
	"double": kindDouble, "bytes": kindBytes, "string": kindString,
}

var errTypesTooDeep = errors.New("its types nest too deep")

func (c *schemaCompiler) parse(text string) (*valueType, error) {
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
func (c *schemaCompiler) compile(v any, namespace string, depth int) (*valueType, error) {
	if depth++; depth > jsontext.MaxDepth {
		return nil, errTypesTooDeep
	}
	c.weight += weightType
	switch v := v.(type) {
	case string:
		return c.use(v, namespace), nil
	case []any:
		t := &valueType{kind: kindUnion}
		for _, branch := range v {
			b, err := c.compile(branch, namespace, depth)
			if err != nil {
				return nil, err
			}
			t.branches = append(t.branches, b)
		}
		return t, nil
	case jsonObject:
		return c.object(v, namespace, depth)
	}
	return nil, errors.New("a type is neither a name, an object nor a union")
}

// jsonObject is a type or a field that is written as a JSON object.
type jsonObject = map[string]any

func (c *schemaCompiler) object(o jsonObject, namespace string, depth int) (t *valueType, err error) {
	kind, ok := o["type"].(string)
	if !ok { // {"type": {"type": …}}
		return c.compile(o["type"], namespace, depth)
	}
	t = &valueType{}
	switch kind {
	case "array":
		t.kind = kindArray
		t.item, err = c.compile(o["items"], namespace, depth)
		return t, err
	case "map":
		t.kind = kindMap
		t.item, err = c.compile(o["values"], namespace, depth)
		return t, err
	case "record", "error":
		t.kind = kindRecord
		if namespace, err = c.define(t, o, namespace); err != nil {
			return nil, err
		}
		return t, c.fields(t, o, namespace, depth)
	case "enum":
		t.kind = kindEnum
		symbols, there := o["symbols"].([]any)
		if !there {
			return nil, errors.New("an enum has no symbols")
		}
		for _, s := range symbols {
			text, _ := s.(string)
			quoted, _ := jsontext.AppendString(nil, text)
			t.symbols = append(t.symbols, string(quoted))
			c.weight += weightText + len(quoted)
		}
		_, err = c.define(t, o, namespace)
		return t, err
	case "fixed":
		t.kind = kindFixed
		if t.size, ok = whole(o["size"]); !ok || t.size < 0 {
			return nil, errors.New("a fixed has no size")
		}
		setLogical(t, o)
		_, err = c.define(t, o, namespace)
		return t, err
	}
	if plain, ok := primitiveKinds[kind]; ok {
		t.kind = plain
		setLogical(t, o)
		return t, nil
	}
	return c.use(kind, namespace), nil
}

func (c *schemaCompiler) fields(t *valueType, o jsonObject, namespace string, depth int) error {
	fields, ok := o["fields"].([]any)
	if !ok {
		return fmt.Errorf("the record %q has no fields", excerpt.Of(t.full))
	}
	for i, v := range fields {
		f, _ := v.(jsonObject)
		name, ok := f["name"].(string)
		if !ok {
			return fmt.Errorf("a field of %q has no name", excerpt.Of(t.full))
		}
		ft, err := c.compile(f["type"], namespace, depth)
		if err != nil {
			return jsontext.Within(name, err)
		}
		t.fields = append(t.fields, recordField{name, objectKey(name, i == 0), ft})
		c.weight += weightField + 2*len(name)
	}
	return nil
}

// define names a type, before what is within it, which may refer to it. It returns the namespace there.
func (c *schemaCompiler) define(t *valueType, o jsonObject, namespace string) (string, error) {
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
	if len(t.full) > schema.MaxName {
		return "", fmt.Errorf("the full name of %q is longer than %d bytes", excerpt.Of(name), schema.MaxName)
	}
	if c.named[t.full] != nil {
		return "", fmt.Errorf("the type %q is defined twice", excerpt.Of(t.full))
	}
	c.named[t.full] = t
	c.weight += len(t.full)
	return namespace, nil
}

// use returns the type that a name means.
func (c *schemaCompiler) use(name, namespace string) *valueType {
	if kind, ok := primitiveKinds[name]; ok {
		return &valueType{kind: kind}
	}
	if t := c.lookup(name, namespace); t != nil {
		return t
	}
	t := &valueType{kind: kindMissing, full: name}
	c.weight += len(name)
	c.unresolved = append(c.unresolved, unresolvedUse{t, namespace})
	return t
}

// lookup finds what a name means in a namespace; nil where nothing is defined.
func (c *schemaCompiler) lookup(name, namespace string) *valueType {
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
	key, _ = jsontext.AppendString(key, name)
	return string(append(key, ':'))
}

const weightText = 32

const weightType = 176

const weightField = 96
