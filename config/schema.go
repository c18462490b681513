package config

import (
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/sluice-bridge/sluice/config/yamlconf"
)

// Schema returns the JSON Schema (draft 2020-12) of a configuration file, for editors. What a file refers to, in
// itself and in AWS, is beyond it.
func Schema() ([]byte, error) {
	return yamlconf.Schema("Sluice", "bridge.yaml, the configuration of Sluice: from Kafka topics to SQS queues and SNS topics.", Config{}, refineShape)
}

// refineShape adds which keys go together.
func refineShape(s *jsonschema.Schema, t reflect.Type) {
	one := uint64(1)
	switch t {
	case reflect.TypeFor[Config]():
		names, _ := s.Properties.Get("destinations")
		names.PropertyNames = &jsonschema.Schema{Pattern: destinationName.String()}
		topics, _ := s.Properties.Get("topics")
		yamlconf.OrNothing(topics.AnyOf[0].AdditionalProperties, "")
		s.Definitions["Pattern"] = patternSchema()
		s.PatternProperties = map[string]*jsonschema.Schema{"^" + yamlconf.OwnKeys: {}}
	case reflect.TypeFor[Destination]():
		s.OneOf = []*jsonschema.Schema{set("sqs", &jsonschema.Schema{Type: "string"}), set("sns", &jsonschema.Schema{Type: "string"})}
	case reflect.TypeFor[DeadLetter]():
		s.MaxProperties = &one
	case reflect.TypeFor[Rule]():
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
	case reflect.TypeFor[Correlation]():
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
