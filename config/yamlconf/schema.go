package yamlconf

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
)

// holdsVariable is the pattern of a text that stands for another kind of value.
const holdsVariable = `\$\{`

// Schema returns the JSON Schema (draft 2020-12) of a configuration file, for editors. It is made
// from the struct of the whole file, whose zero value root is. It is stricter than the loader in taste only: a
// number in quotes loads, and it refuses that. Comparisons are beyond it: of two keys, and of durations. Shape adds to
// the schema of a section, the first time to that of the whole, which keys go together.
func Schema(title, description string, root any, shape func(s *jsonschema.Schema, section reflect.Type)) ([]byte, error) {
	r := &jsonschema.Reflector{
		FieldNameTag:               "key",
		RequiredFromJSONSchemaTags: true,
		ExpandedStruct:             true,
		Anonymous:                  true,
		Mapper:                     schemaOf,
		LookupComment:              docOf,
	}
	s := r.Reflect(root)
	s.Title, s.Description = title, description
	whole := reflect.TypeOf(root)
	refine(s, whole)
	shape(s, whole)
	for _, t := range Sections(whole) {
		if def := s.Definitions[t.Name()]; def != nil {
			refine(def, t)
			shape(def, t)
		}
	}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(out, '\n'), nil
}

// docOf takes a key's text from its tag.
func docOf(t reflect.Type, name string) string {
	if t.Kind() != reflect.Struct {
		return ""
	}
	f, _ := t.FieldByName(name)
	return f.Tag.Get("doc")
}

// schemaOf gives the types that are written in a way of their own. Wherever a value is no text, a
// text with a variable may stand for it.
func schemaOf(t reflect.Type) *jsonschema.Schema {
	v := reflect.New(t)
	if n, ok := v.Interface().(Notation); ok {
		out := orVariable(&jsonschema.Schema{Type: "string", Pattern: n.Pattern()})
		switch t {
		case typeOf[Size]():
			out.AnyOf = append(out.AnyOf, &jsonschema.Schema{Type: "integer", Minimum: "0"})
		case typeOf[Duration]():
			out.AnyOf = append(out.AnyOf, &jsonschema.Schema{Const: 0})
		}
		return out
	}
	if c, ok := v.Elem().Interface().(Choice); ok {
		var enum []any
		_, values := c.OneOf()
		for _, value := range values {
			enum = append(enum, value)
		}
		return orVariable(&jsonschema.Schema{Enum: enum})
	}
	switch {
	case t == typeOf[Secret]():
		return &jsonschema.Schema{Type: "string", WriteOnly: true}
	case t.Kind() == reflect.Bool:
		return orVariable(&jsonschema.Schema{Type: "boolean"})
	case t.Kind() == reflect.Int:
		return orVariable(&jsonschema.Schema{Type: "integer"})
	}
	return nil
}

func orVariable(s *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{s, {Type: "string", Pattern: holdsVariable}}}
}

// refine adds to a section what its fields' tags and its checks say.
func refine(s *jsonschema.Schema, t reflect.Type) {
	for _, f := range Fields(t) {
		p, ok := s.Properties.Get(f.Key)
		if !ok {
			continue
		}
		if f.Type.Kind() == reflect.Slice && !isSection(f.Type.Elem()) {
			list := *p
			list.Description = ""
			*p = *orVariable(&list)
			p.Description = f.Doc
		}
		if f.Type == typeOf[Size]() && f.Range != "" {
			limits := strings.TrimPrefix(f.Range, "0|")
			_, most, _ := strings.Cut(limits, "..")
			bytes := limit(most, f.Type)
			p.AnyOf[0].Pattern = sizesUpTo(bytes)
			p.AnyOf[2].Maximum = json.Number(strconv.FormatInt(bytes, 10))
		}
		if f.Type.Kind() == reflect.Int && f.Range != "" {
			least, most, _ := strings.Cut(f.Range, "..")
			p.AnyOf[0].Minimum, p.AnyOf[0].Maximum = json.Number(least), json.Number(most)
		}
		if _, ok := reflect.Zero(f.Type).Interface().(Choice); ok && f.Default == "" {
			p.AnyOf[0].Enum = append(p.AnyOf[0].Enum, "")
		}
		if f.Default != "" {
			p.Default = plainDefault(f)
		}
		OrNothing(p, f.Doc)
	}
}

// OrNothing lets a key stand without a value, which is as good as absent.
func OrNothing(p *jsonschema.Schema, doc string) {
	if p.AnyOf == nil {
		value := *p
		value.Description, value.Default = "", nil
		*p = jsonschema.Schema{AnyOf: []*jsonschema.Schema{&value}, Description: doc, Default: p.Default}
	}
	p.AnyOf = append(p.AnyOf, &jsonschema.Schema{Type: "null"})
}

// plainDefault gives a default as JSON would write it.
func plainDefault(f Field) any {
	switch f.Type.Kind() {
	case reflect.Bool:
		return f.Default == "true"
	case reflect.Int:
		n, _ := strconv.Atoi(f.Default)
		return n
	case reflect.Slice:
		return SplitList(f.Default)
	}
	return f.Default
}
