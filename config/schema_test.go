package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("bridge.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("bridge.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readPlain(t *testing.T, path string) (any, bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	err = yaml.Unmarshal(data, &v)
	return v, err == nil
}

func TestSchemaTakesGoodFiles(t *testing.T) {
	s := compiledSchema(t)
	paths, _ := filepath.Glob("testdata/*.good.yaml")
	for _, path := range append(paths, "../bridge.yaml", "starter.yaml") {
		// A section without a value is a matter of taste: the loader takes it, editors flag it.
		if strings.Contains(path, "empty_sections") || strings.HasSuffix(path, "environment.good.yaml") {
			continue
		}
		v, ok := readPlain(t, path)
		if !ok {
			t.Errorf("%s: not read", path)
			continue
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What is wrong with the shape of a file, the schema must refuse as the loader does.
func TestSchemaRefusesBadShapes(t *testing.T) {
	s := compiledSchema(t)
	for _, name := range []string{
		"key_unknown", "key_similar", "key_level", "key_top", "type_text", "type_mapping", "type_list", "type_number",
		"type_fraction", "type_truth", "type_scalar_text", "type_secret", "duration_unit", "duration_text",
		"duration_negative", "size_text", "range_low", "range_high", "choice", "kafka_start", "kafka_isolation",
		"sasl_mechanism", "topic_format_unknown", "destination_both", "destination_name", "destination_envelope_unknown", "rule_neither", "rule_both",
		"rule_pattern_empty", "tombstones", "dead_letter_both", "log", "syntax_list",
	} {
		v, ok := readPlain(t, "testdata/"+name+".bad.yaml")
		if !ok {
			t.Errorf("%s: not read", name)
			continue
		}
		if s.Validate(v) == nil {
			t.Errorf("%s: the schema takes it", name)
		}
	}
}

// Every key has a description; a schema without is of no help in an editor.
func TestSchemaDescribesEveryKey(t *testing.T) {
	for _, section := range append(sections(typeOf[Config]()), typeOf[Config]()) {
		for _, f := range fieldsOf(section) {
			if f.doc == "" {
				t.Errorf("%s.%s has no doc tag", section.Name(), f.key)
			}
		}
	}
}
