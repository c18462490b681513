package config

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
// from the structs of this package. It is stricter than the loader in taste only: a number in quotes
// loads, and it refuses that. What a file refers to, in itself and in AWS, is beyond it, and so are
// comparisons: of two keys, and of durations.
func Schema() ([]byte, error) {
	r := &jsonschema.Reflector{
		FieldNameTag:               "koanf",
		RequiredFromJSONSchemaTags: true,
		ExpandedStruct:             true,
		Anonymous:                  true,
		Mapper:                     schemaOf,
		LookupComment:              description,
	}
	s := r.Reflect(&Config{})
	s.Title = "Sluice"
	s.Description = "bridge.yaml, the configuration of Sluice: from Kafka topics to SQS queues and SNS topics."
	refine(s, typeOf[Config]())
	for _, t := range sections(typeOf[Config]()) {
		if def := s.Definitions[t.Name()]; def != nil {
			refine(def, t)
		}
	}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(out, '\n'), nil
}

// description takes a key's text from its tag.
func description(t reflect.Type, name string) string {
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
	if n, ok := v.Interface().(notation); ok {
		out := orVariable(&jsonschema.Schema{Type: "string", Pattern: n.pattern()})
		switch t {
		case typeOf[Size]():
			out.AnyOf = append(out.AnyOf, &jsonschema.Schema{Type: "integer", Minimum: "0"})
		case typeOf[Duration]():
			out.AnyOf = append(out.AnyOf, &jsonschema.Schema{Const: 0})
		}
		return out
	}
	if c, ok := v.Elem().Interface().(choice); ok {
		var values []any
		for _, value := range c.values() {
			values = append(values, value)
		}
		return orVariable(&jsonschema.Schema{Enum: values})
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

// sections lists the types of all sections below one.
func sections(t reflect.Type) []reflect.Type {
	var out []reflect.Type
	for _, f := range fieldsOf(t) {
		inner := f.typ
		if k := inner.Kind(); k == reflect.Map || k == reflect.Slice {
			inner = inner.Elem()
		}
		if isSection(inner) {
			out = append(out, inner)
			out = append(out, sections(inner)...)
		}
	}
	return out
}

// refine adds to a section what its fields' tags and its checks say.
func refine(s *jsonschema.Schema, t reflect.Type) {
	for _, f := range fieldsOf(t) {
		p, ok := s.Properties.Get(f.key)
		if !ok {
			continue
		}
		if f.typ.Kind() == reflect.Slice && !isSection(f.typ.Elem()) {
			list := *p
			list.Description = ""
			*p = *orVariable(&list)
			p.Description = f.doc
		}
		if f.typ == typeOf[Size]() && f.limits != "" {
			limits := strings.TrimPrefix(f.limits, "0|")
			_, most, _ := strings.Cut(limits, "..")
			bytes := limit(most, f.typ)
			p.AnyOf[0].Pattern = sizesUpTo(bytes)
			p.AnyOf[2].Maximum = json.Number(strconv.FormatInt(bytes, 10))
		}
		if f.typ.Kind() == reflect.Int && f.limits != "" {
			least, most, _ := strings.Cut(f.limits, "..")
			p.AnyOf[0].Minimum, p.AnyOf[0].Maximum = json.Number(least), json.Number(most)
		}
		if _, ok := reflect.Zero(f.typ).Interface().(choice); ok && f.fallback == "" {
			p.AnyOf[0].Enum = append(p.AnyOf[0].Enum, "")
		}
		if f.fallback != "" {
			p.Default = plainDefault(f)
		}
		orNothing(p, f.doc)
	}
	refineShape(s, t)
}

// orNothing lets a key stand without a value, which is as good as absent.
func orNothing(p *jsonschema.Schema, doc string) {
	if p.AnyOf == nil {
		value := *p
		value.Description, value.Default = "", nil
		*p = jsonschema.Schema{AnyOf: []*jsonschema.Schema{&value}, Description: doc, Default: p.Default}
	}
	p.AnyOf = append(p.AnyOf, &jsonschema.Schema{Type: "null"})
}

// refineShape adds which keys go together.
func refineShape(s *jsonschema.Schema, t reflect.Type) {
	one := uint64(1)
	switch t {
	case typeOf[Config]():
		names, _ := s.Properties.Get("destinations")
		names.PropertyNames = &jsonschema.Schema{Pattern: destinationName.String()}
		topics, _ := s.Properties.Get("topics")
		orNothing(topics.AnyOf[0].AdditionalProperties, "")
		s.Definitions["Pattern"] = patternSchema()
		s.PatternProperties = map[string]*jsonschema.Schema{"^" + ownKeys: {}}
	case typeOf[Destination]():
		s.OneOf = []*jsonschema.Schema{set("sqs", &jsonschema.Schema{Type: "string"}), set("sns", &jsonschema.Schema{Type: "string"})}
	case typeOf[DeadLetter]():
		s.MaxProperties = &one
	case typeOf[Rule]():
		s.OneOf = []*jsonschema.Schema{
			set("to", &jsonschema.Schema{MinItems: &one, Not: &jsonschema.Schema{Type: "null"}}),
			set("drop", &jsonschema.Schema{Const: true}),
		}
		for _, key := range []string{"match", "headers"} {
			p, _ := s.Properties.Get(key)
			*p = jsonschema.Schema{Ref: "#/$defs/Pattern", Description: p.Description}
		}
		when, _ := s.Properties.Get("when")
		*when = jsonschema.Schema{Type: "string", Pattern: `\S`, Description: when.Description}
		topics, _ := s.Properties.Get("topics")
		topics.AnyOf[0].MinItems, topics.AnyOf = &one, topics.AnyOf[:2] // not without a value
	case typeOf[Correlation]():
		headers, _ := s.Properties.Get("headers")
		headers.AnyOf[0].Items.MinLength = &one
	}
}

// set is the shape of a section in which a key has a value like that.
func set(key string, value *jsonschema.Schema) *jsonschema.Schema {
	properties := jsonschema.NewProperties()
	properties.Set(key, value)
	return &jsonschema.Schema{Required: []string{key}, Properties: properties}
}

// patternSchema is the shape of an EventBridge pattern: fields with lists of alternatives, or with
// fields below them.
func patternSchema() *jsonschema.Schema {
	one := uint64(1)
	return &jsonschema.Schema{
		Type: "object", MinProperties: &one,
		AdditionalProperties: &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "array"}, {Ref: "#/$defs/Pattern"}}},
	}
}

// plainDefault gives a default as JSON would write it.
func plainDefault(f field) any {
	switch f.typ.Kind() {
	case reflect.Bool:
		return f.fallback == "true"
	case reflect.Int:
		n, _ := strconv.Atoi(f.fallback)
		return n
	case reflect.Slice:
		return splitList(f.fallback)
	}
	return f.fallback
}
