package docs

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config"
)

// base is what fragments are read over.
const base = `
kafka: {brokers: [localhost:9092], group: orders-bridge}
destinations:
  fulfilment: {sqs: fulfilment, region: eu-west-1}
rules:
  - topics: [orders]
    to: [fulfilment]
`

// environment are the variables that samples use.
var environment = []string{"KAFKA_PASSWORD=secret", "HOSTNAME=pod-0"}

func TestSampleConfigurationsInDocsLoad(t *testing.T) {
	eachDocument(t, func(t *testing.T, d document) {
		if d.name == "docs/routing.md" {
			return // its samples are run beside the rules they teach
		}
		for _, b := range d.blocks {
			if b.language != "yaml" {
				continue
			}
			text := b.text
			if b.fragment {
				text = over(t, text)
			}
			c, err := config.Parse([]byte(text), "../../bridge.yaml", environment)
			if err != nil {
				t.Errorf("%s:%d: %v", d.name, b.line, err)
				continue
			}
			for _, w := range c.Warnings {
				t.Errorf("%s:%d: %s", d.name, b.line, w)
			}
		}
	})
}

// over lays the sections of a fragment over those of base.
func over(t *testing.T, fragment string) string {
	t.Helper()
	whole, part := map[string]any{}, map[string]any{}
	for text, into := range map[string]*map[string]any{base: &whole, fragment: &part} {
		if err := yaml.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	maps.Copy(whole, part)
	out, err := yaml.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestJSONInDocsIsValid(t *testing.T) {
	eachDocument(t, func(t *testing.T, d document) {
		for _, b := range d.blocks {
			if b.language == "json" && !json.Valid([]byte(b.text)) {
				t.Errorf("%s:%d: not JSON", d.name, b.line)
			}
		}
	})
}

func TestVariablesInDocsSetSomething(t *testing.T) {
	eachDocument(t, func(t *testing.T, d document) {
		for _, name := range matches(`\bSLUICE_[A-Z_]*[A-Z]\b`, d.text) {
			_, err := config.Parse([]byte(base), "bridge.yaml", []string{name + "="})
			if err != nil && strings.Contains(err.Error(), "no setting has this name") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
