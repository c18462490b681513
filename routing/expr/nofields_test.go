package expr

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
)

// A condition that wants fields of what has none fails; an attribute is left out.
func TestConditionFailsOnValueWithoutFields(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"a"`: "the value is a text, which has no fields", `7`: "the value is a number, which has no fields",
		`12345678901234567890`: "the value is a number, which has no fields", `true`: "the value is true or false, which has no fields",
		`null`: "", `{}`: "", `[]`: "",
	} {
		for _, when := range []string{`value.type == "a"`, `value["type"] == "a"`, `value[0] == "a"`} {
			_, err := holds(t, when, event(value))
			if want != "" && (err == nil || err.Error() != want || !errors.As(err, new(interp.NoFieldsError))) {
				t.Errorf("%s: %v", value, err)
			}
		}
	}
	bytes := &Event{Record: &kgo.Record{}, Value: codec.Value{Raw: []byte("x"), Binary: true}}
	if _, err := holds(t, `value.type == "a"`, bytes); err == nil || err.Error() != "the value is bytes, which has no fields" {
		t.Error(err)
	}
	e, err := Compile("value.type")
	if err != nil {
		t.Fatal(err)
	}
	if text, ok, err := e.Eval(event(`"a"`)); text != "" || ok || err != nil {
		t.Errorf("%q, %v, %v", text, ok, err)
	}
}
