package message_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/quota"
)

// Each name that the bridge uses is one that nobody else can.
func TestOwnNamesAreReserved(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		attribute.CorrelationID, attribute.KafkaTopic, attribute.KafkaPosition, attribute.KafkaTimestamp, attribute.Replayed, attribute.KafkaKey, attribute.Traceparent, attribute.KafkaTombstone, attribute.ContentEncoding, attribute.Headers, attribute.DeadLetterReason,
	} {
		if !attribute.Reserved(name) {
			t.Errorf("a header can be the attribute %s", name)
		}
	}
}

func TestHeadersAreForwardedByPatterns(t *testing.T) {
	budget := map[string]string{"a": `"1"`, "b": `"2"`, "c": `"3"`, "d": `"4"`}
	for _, c := range []struct {
		name     string
		patterns []string
		rule     map[string]string
		headers  []string
		want     string // all but what the bridge attaches to every record
	}{
		{"none", []string{"x-*"}, nil, []string{"tenant", "acme"}, "kafka_key=k-1"},
		{"some", []string{"x-*", "tenant"}, nil, []string{"x-a", "1", "tenant", "acme", "y", "2"}, "kafka_key=k-1 x-a=1 tenant=acme"},
		{"mended", []string{"*"}, nil, []string{"x a", "1"}, "kafka_key=k-1 x_a=1"},
		{"repeated", []string{"*"}, nil, []string{"x", "1", "y", "3", "x", "2"}, `kafka_key=k-1 y=3 kafka_headers={"x":["1","2"]}`},
		{"binary", []string{"*"}, nil, []string{"x", "\xff\x00", "y", "3"}, `kafka_key=k-1 y=3 kafka_headers={"x":{"base64":"/wA="}}`},
		{"binary repeated", []string{"*"}, nil, []string{"x", "\xff\x00", "x", "3"}, `kafka_key=k-1 kafka_headers={"x":[{"base64":"/wA="},"3"]}`},
		{"empty", []string{"*"}, nil, []string{"x", ""}, `kafka_key=k-1 kafka_headers={"x":""}`},
		{"name taken", []string{"*"}, map[string]string{"tier": "value.none"}, []string{"tier", "gold", "kafka_topic", "t", "AWS.x", "y"},
			`kafka_key=k-1 kafka_headers={"tier":"gold","kafka_topic":"t","AWS.x":"y"}`},
		{"one name for two", []string{"*"}, nil, []string{"x a", "1", "x_a", "2", "y", "3"}, `kafka_key=k-1 y=3 kafka_headers={"x a":"1","x_a":"2"}`},
		{"trace context", []string{"*"}, nil, []string{"traceparent", bridgetest.Traceparent}, "kafka_key=k-1 traceparent=" + bridgetest.Traceparent},
		{"trace contexts", []string{"*"}, nil, []string{"traceparent", "x", "traceparent", bridgetest.Traceparent},
			"kafka_key=k-1 traceparent=" + bridgetest.Traceparent + ` kafka_headers={"traceparent":["x","` + bridgetest.Traceparent + `"]}`},
		{"correlation", []string{"x-*"}, nil, []string{"x-correlation-id", "c-1"}, "kafka_key=k-1 x-correlation-id=c-1"},
		{"slots", []string{"*"}, nil, []string{"h1", "1", "h2", "2", "h3", "3", "h4", "4", "h5", "5"}, "kafka_key=k-1 h1=1 h2=2 h3=3 h4=4 h5=5"},
		{"no slot", []string{"*"}, nil, []string{"h1", "1", "h2", "2", "h3", "3", "h4", "4", "h5", "5", "h6", "6"},
			`kafka_key=k-1 h1=1 h2=2 h3=3 h4=4 kafka_headers={"h5":"5","h6":"6"}`},
		{"one slot", []string{"*"}, budget, []string{"h1", "1", "traceparent", bridgetest.Traceparent},
			`a=1 b=2 c=3 d=4 kafka_key=k-1 kafka_headers={"traceparent":"` + bridgetest.Traceparent + `","h1":"1"}`},
	} {
		e := encoding{dest: message.Destination{Headers: message.NewHeaderFilter(c.patterns)}, rule: c.rule}
		m := e.must(t, bridgetest.WithHeaders(bridgetest.Record("{}"), c.headers...))
		var got []string
		for _, a := range m.Attributes[4:] {
			got = append(got, a.Name+"="+a.Value)
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, g, c.want)
		}
	}
}

// With all slots taken, what the bridge attaches itself is folded as well, and headers of the same
// names stay beside it.
func TestForwardedHeadersStandBesideOwnAttributes(t *testing.T) {
	e := encoding{dest: message.Destination{Headers: message.NewHeaderFilter([]string{"*"})},
		rule: map[string]string{"a": `"1"`, "b": `"2"`, "c": `"3"`, "d": `"4"`}}
	m := e.must(t, bridgetest.WithHeaders(bridgetest.Record("\xff"), "kafka_key", "other", "traceparent", "x", "traceparent", bridgetest.Traceparent))
	want := `{"kafka_key":["k-1","other"],"traceparent":["x","` + bridgetest.Traceparent + `"]}`
	if got := bridgetest.Attribute(&m, attribute.Headers); got != want || len(m.Attributes) != quota.Attributes {
		t.Errorf("%v", m.Attributes)
	}
}

// Whatever headers a record has, and however many are forwarded, the limits of AWS hold and nothing
// that is let through is lost.
func TestForwardedHeadersAreKept(t *testing.T) {
	names := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "c", "a b", "a_b", "traceparent", "kafka_key", "kafka_topic", "AWS.x", "one", "x-1", ""}), rapid.String())
	values := rapid.OneOf(rapid.SampledFrom([][]byte{nil, {}, []byte("v"), []byte(bridgetest.Traceparent), {0xff}, []byte("\uffff")}), rapid.SliceOf(rapid.Byte()))
	rapid.Check(t, func(rt *rapid.T) {
		r := bridgetest.Record(rapid.SampledFrom([]string{"{}", "\xff"}).Draw(rt, "value"))
		r.Key = values.Draw(rt, "key")
		for range rapid.IntRange(0, 14).Draw(rt, "headers") {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: names.Draw(rt, "name"), Value: values.Draw(rt, "value")})
		}
		rule := map[string]string{}
		for i, name := range []string{"one", "two", "three", "four"}[:rapid.IntRange(0, 4).Draw(rt, "configured")] {
			rule[name] = fmt.Sprint(i)
		}
		e := encoding{dest: message.Destination{Headers: message.NewHeaderFilter([]string{"*"})}, rule: rule}
		m := e.must(t, r)
		for name, want := range rule {
			if bridgetest.Attribute(&m, name) != want {
				rt.Errorf("%s = %q, want %s", name, bridgetest.Attribute(&m, name), want)
			}
		}
		want := map[string][]string{}
		for _, h := range r.Headers {
			want[h.Key] = append(want[h.Key], told(h.Value))
		}
		got := kept(rt, &m)
		for name, all := range want {
			if have := got(name); !slices.Equal(have, all) && !(name == attribute.KafkaKey && len(have) == len(all)+1 && slices.Equal(have[1:], all)) {
				rt.Errorf("header %q: got %q, want %q, in %v", name, have, all, m.Attributes)
			}
		}
	})
}

// told is a value in a form that tells null, text and bytes apart.
func told(v []byte) string {
	switch {
	case v == nil:
		return "null"
	case message.Sendable(v):
		return "text " + string(v)
	}
	return "bytes " + base64.StdEncoding.EncodeToString(v)
}

// kept finds the headers in a message again.
func kept(t *rapid.T, m *message.Message) func(name string) []string {
	folded := map[string]any{}
	if text := bridgetest.Attribute(m, attribute.Headers); text != "" {
		if err := json.Unmarshal([]byte(text), &folded); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	value := func(v any) string {
		switch v := v.(type) {
		case nil:
			return "null"
		case string:
			return "text " + v
		case map[string]any:
			return "bytes " + v["base64"].(string)
		}
		t.Fatalf("folded %v", v)
		return ""
	}
	return func(name string) []string {
		if v, ok := folded[name]; ok {
			list, ok := v.([]any)
			if !ok {
				return []string{value(v)}
			}
			var all []string
			for _, v := range list {
				all = append(all, value(v))
			}
			return all
		}
		if name == attribute.Traceparent {
			return []string{"text " + bridgetest.Attribute(m, name)}
		}
		return []string{"text " + bridgetest.Attribute(m, message.AttributeName(name, nil))}
	}
}
