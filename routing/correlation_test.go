package routing

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing/expr"
)

const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestCorrelationTakesTheFirstSourceThatIsSet(t *testing.T) {
	c, err := CompileCorrelation([]string{"x-correlation-id", "correlation-id"}, "value.correlation_id")
	if err != nil {
		t.Fatal(err)
	}
	header := func(pairs ...string) (headers []kgo.RecordHeader) {
		for i := 0; i < len(pairs); i += 2 {
			headers = append(headers, kgo.RecordHeader{Key: pairs[i], Value: []byte(pairs[i+1])})
		}
		return headers
	}
	const value = `{"correlation_id":"field"}`
	cases := []struct {
		name    string
		headers []kgo.RecordHeader
		value   string
		want    string
	}{
		{"the first header of the list", header("correlation-id", "two", "x-correlation-id", "one"), value, "one"},
		{"the second", header("correlation-id", "two"), value, "two"},
		{"an empty header is passed over", header("x-correlation-id", "", "correlation-id", "two"), value, "two"},
		{"so is one that is no UTF-8", header("x-correlation-id", "\xff", "x-correlation-id", "one"), value, "one"},
		{"the field", header("traceparent", trace), value, "field"},
		{"a number", nil, `{"correlation_id":7}`, "7"},
		{"an empty field is passed over", header("traceparent", trace), `{"correlation_id":""}`, "0af7651916cd43dd8448eb211c80319c"},
		{"the trace", header("traceparent", trace), `{}`, "0af7651916cd43dd8448eb211c80319c"},
		{"the last of a name", header("x-correlation-id", "old", "x-correlation-id", "new"), value, "new"},
		{"the last trace", header("traceparent", "00-11111111111111111111111111111111-b7ad6b7169203331-01", "traceparent", trace), `{}`, "0af7651916cd43dd8448eb211c80319c"},
		{"a broken trace", header("traceparent", "00-x"), `{}`, ""},
		{"nothing", nil, `no JSON`, ""},
	}
	for _, c2 := range cases {
		t.Run(c2.name, func(t *testing.T) {
			ev := &expr.Event{Record: &kgo.Record{Headers: c2.headers}, Value: codec.Decode(codec.FormatJSON, []byte(c2.value), true)}
			if got := c.Find(ev); got != c2.want {
				t.Errorf("%q, want %q", got, c2.want)
			}
		})
	}
	if !c.NeedsValue() {
		t.Error("the field is in the value")
	}
}

func TestCorrelationRefusesABadField(t *testing.T) {
	for field, want := range map[string]string{
		"value.":              "correlation.field: . cannot stand here",
		"correlation_id + ''": "correlation.field: correlation_id is what this gives",
	} {
		_, err := CompileCorrelation(nil, field)
		if problems, ok := err.(Problems); !ok || len(problems) != 1 || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
			t.Errorf("%s: %v", field, err)
		}
	}
	c, err := CompileCorrelation(nil, "")
	if err != nil || c.NeedsValue() {
		t.Errorf("%v, %v", c, err)
	}
}

func TestTraceparentIsValidatedAndParsed(t *testing.T) {
	for s, want := range map[string]bool{
		trace: true,
		"cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more": true,
		"cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00":      true,
		"": false,
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more": false,
		"cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00more":  false,
		"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01":      false,
		"00-00000000000000000000000000000000-b7ad6b7169203331-01":      false,
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01":      false,
		"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01":      false,
		"00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01":      false,
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0":       false,
	} {
		if _, got := ParseTraceparent(s); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
	got, _ := ParseTraceparent(trace)
	if want := (Traceparent{"00", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "01"}); got != want {
		t.Errorf("got %+v", got)
	}
}
