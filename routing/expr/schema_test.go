package expr

import (
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/codec"
)

// Rules tell types apart by the schema that the value was decoded by.
func TestSchemaVariableTellsTypesApart(t *testing.T) {
	t.Parallel()
	full := event(`{}`)
	full.Value.Schema, full.Value.Name = &codec.Schema{ID: 7, Subject: "orders-value", Version: 3}, "shop.Paid"
	bare := event(`{}`)
	bare.Value.Schema = &codec.Schema{}
	for _, c := range []struct {
		when             string
		full, bare, none bool
	}{
		{`schema.name == "shop.Paid"`, true, false, false},
		{`schema["name"] == "shop.Paid" && schema.id == 7 && schema.subject == "orders-value" && schema.version >= 3`, true, false, false},
		{`schema != null`, true, true, false},
		{`schema == null || schema.id == null`, false, true, true},
		{`has(schema.name)`, true, true, false},
		{`json.encode(schema) == '{"id":7,"name":"shop.Paid","subject":"orders-value","version":3}'`, true, false, false},
		{`["shop.Paid"].exists(n, n == schema.name)`, true, false, false},
	} {
		for ev, want := range map[*Event]bool{full: c.full, bare: c.bare, event(`{}`): c.none} {
			if got, err := holds(t, c.when, ev); got != want || err != nil {
				t.Errorf("%s: %v, want %v %v", c.when, got, want, err)
			}
		}
	}
}

// Nobody asks for what nobody reads.
func TestExpressionNeedsOnlyWhatItReadsOfSchema(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]Needs{
		`key`: 0, `value.a`: NeedsValue, `schema.name`: NeedsValue, `schema.id`: NeedsValue, `schema["name"]`: NeedsValue,
		`schema != null ? schema.name : topic`: NeedsValue, `has(schema.id)`: NeedsValue,
		`schema.subject`: NeedsValue | NeedsSubject, `schema["version"]`: NeedsValue | NeedsSubject, `has(schema.version)`: NeedsValue | NeedsSubject,
		`schema`: NeedsValue | NeedsSubject, `json.encode(schema)`: NeedsValue | NeedsSubject, `schema[key]`: NeedsValue | NeedsSubject,
	} {
		e, err := Compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		if e.program.needs != want {
			t.Errorf("%s: %b, want %b", expression, e.program.needs, want)
		}
	}
	if _, err := Compile(`value.all.exists(schema, schema.other == 1)`); err != nil {
		t.Errorf("a variable of a loop: %v", err)
	}
	for expression, want := range map[string]string{
		`"x" + schema.names`:    `schema has no field names; it has name, id, subject and version; did you mean "name"? (at character 13)`,
		`schema["fingerprint"]`: `schema has no field fingerprint; it has name`,
	} {
		if _, err := Compile(expression); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", expression, err)
		}
	}
}
