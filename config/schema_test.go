package config

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamlconf"
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

// beyondSchema are files that the schema takes and the loader refuses: no schema can say what is wrong
// with them, or none that anybody could read.
var beyondSchema = strings.Fields(`
	admin_hosts admin_listen attribute_budget attribute_budget_rule attribute_names attribute_types_contradicted aws_endpoint aws_external_id
	aws_region aws_role clear_endpoint clear_registry clear_registry_tls clear_registry_url clear_sasl clear_token correlation_field correlation_itself dead_letter_default dead_letter_isolated
	dead_letter_loop dead_letter_loop_pattern dead_letter_topic dead_letter_unknown destination_cloudevents
	destination_expressions destination_headers destination_queue destination_region_differs
	destination_region_unknown destination_retry destination_standard_ordering destination_subject
	destination_topic endpoint_secret endpoint_surroundings endpoint_variant env_rules env_unknown env_value env_yaml isolated_many kafka_brokers kafka_missing
	kafka_rebalance_timeout kafka_start_future registry_both registry_password registry_secret registry_tls_off registry_url
	registry_user rule_drop_attributes rule_drop_continue rule_match rule_name_control rule_name_twice rule_number
	rule_to_none rule_to_twice rule_to_unknown rule_when rule_when_block rule_when_constant rule_when_folded rule_when_folded_end rules_none
	sasl_both sasl_file sasl_file_empty sasl_mechanism_missing sasl_msk sasl_no_use sasl_token
	sasl_token_both sasl_token_file sasl_user syntax_anchor_nothing syntax_broken_second syntax_documents syntax_space_in_key syntax_space_list syntax_space_text syntax_tag tls_files
	tls_no_cert tls_no_key tls_no_pem topic_deliver topic_format topic_format_json_schema topic_invalid topic_meant topic_name topic_none topic_pattern
	topic_pattern_empty topic_pattern_open topic_start_future unmatched_empty unmatched_policy unmatched_unknown variable_name variable_number
	variable_open variable_unset
`)

// What is wrong with a file, the schema refuses as the loader does, unless it cannot be said there.
func TestSchemaRefusesBadFiles(t *testing.T) {
	s := compiledSchema(t)
	paths, _ := filepath.Glob("testdata/*.bad.yaml")
	var taken []string
	for _, path := range paths {
		// Some are no YAML, or not for a reader that takes each key once.
		if v, ok := readPlain(t, path); ok && s.Validate(v) == nil {
			taken = append(taken, strings.TrimSuffix(filepath.Base(path), ".bad.yaml"))
		}
	}
	if got, want := strings.Join(taken, "\n"), strings.Join(beyondSchema, "\n"); got != want {
		t.Errorf("the schema takes\n%s\nand should take only\n%s", got, want)
	}
}

// Of single values too, the schema and the loader say the same.
func TestSchemaAgreesWithLoader(t *testing.T) {
	s := compiledSchema(t)
	for _, c := range []struct {
		change [2]string
		good   bool
	}{
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 2MiB}"}, false},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 1049KB}"}, false},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 1048577}"}, false},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 1.5MiB}"}, false},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 1.0 MiB}"}, true},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 0.5MiB}"}, true},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 1048KB}"}, true},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 0001023KiB}"}, true},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 1048576}"}, true},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: {max_bytes: 0}"}, true},
		{[2]string{"sqs: orders-out", "sqs: orders-out, batch: , attributes: "}, true},
		{[2]string{"sqs: orders-out", "sqs: "}, false},
		{[2]string{"to: [queue]", "to: [queue], match: {a: b}"}, false},
		{[2]string{"to: [queue]", "to: [queue], match: {a: {b: c}}"}, false},
		{[2]string{"to: [queue]", "to: [queue], match: {a: }"}, false},
		{[2]string{"to: [queue]", "to: [queue], match: "}, false},
		{[2]string{"to: [queue]", "to: [queue], match: {a: {b: [c]}, $or: [{x: [1]}, {y: [2]}]}"}, true},
		{[2]string{"to: [queue]", "to: [queue], headers: {a: [b]}"}, true},
		{[2]string{"to: [queue]", "to: []"}, false},
		{[2]string{"to: [queue]", "to: "}, false},
		{[2]string{"to: [queue]", "drop: true, to: []"}, true},
		{[2]string{"to: [queue]", "drop: true, to: "}, true},
		{[2]string{"to: [queue]", "drop: true, to: [queue]"}, false},
		{[2]string{"to: [queue]", "drop: false, to: [queue]"}, true},
		{[2]string{"to: [queue]", `to: [queue], when: ""`}, false},
		{[2]string{"to: [queue]", "to: [queue], when: "}, false},
		{[2]string{"to: [queue]", "to: [queue], name: "}, true},
		{[2]string{"topics: [orders]", "topics: []"}, false},
		{[2]string{"aws:", "correlation: {headers: , field: }\naws:"}, true},
		{[2]string{"aws:", "correlation: {headers: [\"\"]}\naws:"}, false},
		{[2]string{"aws:", "correlation: \naws:"}, true},
		{[2]string{"aws:", "topics: {t: }\naws:"}, true},
	} {
		text := strings.Replace(minimal, c.change[0], c.change[1], 1)
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if _, err := Parse([]byte(text), "bridge.yaml", nil); (err == nil) != c.good {
			t.Errorf("%s: the loader says %v", c.change[1], err)
		}
		if err := s.Validate(v); (err == nil) != c.good {
			t.Errorf("%s: the schema says %v", c.change[1], err)
		}
	}
}

// Every key has a description; a schema without is of no help in an editor.
func TestSchemaDescribesEveryKey(t *testing.T) {
	for _, section := range append(yamlconf.Sections(reflect.TypeFor[Config]()), reflect.TypeFor[Config]()) {
		for _, f := range yamlconf.Fields(section) {
			if f.Doc == "" {
				t.Errorf("%s.%s has no doc tag", section.Name(), f.Key)
			}
		}
	}
}
