package message_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sns"
	"github.com/sluice-bridge/sluice/bridge/sqs"
)

// unfolded returns what the attribute for SNS holds, and holds each attribute to what SNS filters.
func unfolded(t testing.TB, m *message.Message) map[string]any {
	t.Helper()
	for _, a := range m.Attributes {
		if !json.Valid([]byte(`"` + a.Value + `"`)) {
			t.Errorf("%s = %s is no JSON string", a.Name, a.Value)
		}
	}
	folded := map[string]any{}
	if text := bridgetest.Attribute(m, attribute.HeadersBase64); text != "" {
		b, err := base64.StdEncoding.DecodeString(text)
		if err := errors.Join(err, json.Unmarshal(b, &folded)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	return folded
}

// What SNS could not filter goes into one attribute, and the rest stays as it is.
func TestEncodeForSNSStaysFilterable(t *testing.T) {
	e := encoding{dest: message.Destination{Profile: sns.Profile, Headers: message.NewHeaderFilter([]string{"*"})},
		rule: map[string]string{"tags": `["a", "b"]`, "tier": `"gold"`}}
	r := bridgetest.WithHeaders(bridgetest.Record("{}"), "x-correlation-id", `say "c"`, "x-a", "1", "x-b", `C:\tmp`, "x-c", "two\nlines", "traceparent", "\t")
	r.Key = []byte(`{"id":42}`)
	m := e.must(t, r)
	folded := unfolded(t, &m)
	for name, want := range map[string]string{"kafka_key": `{"id":42}`, "tags": `["a","b"]`, "correlation_id": `say "c"`, "x-b": `C:\tmp`, "x-c": "two\nlines", "traceparent": "\t"} {
		if folded[name] != want || bridgetest.Attribute(&m, name) != "" {
			t.Errorf("%s is folded as %v, and the attribute %q", name, folded[name], bridgetest.Attribute(&m, name))
		}
	}
	if bridgetest.Attribute(&m, "tier") != "gold" || bridgetest.Attribute(&m, "x-a") != "1" || bridgetest.Attribute(&m, attribute.Headers) != "" || m.CorrelationID != `say "c"` {
		t.Errorf("%+v", m)
	}
	plain := e.must(t, bridgetest.Record("{}"))
	if m := bridgetest.Attribute(&plain, attribute.KafkaKey); m != "k-1" {
		t.Errorf("a plain key is sent as %q", m)
	}
}

// A list stays an attribute of its own where its type says so: SNS reads it as JSON, quotes and all.
func TestEncodeForSNSKeepsArrays(t *testing.T) {
	e := encoding{dest: message.Destination{Profile: sns.Profile, Types: message.AttributeTypes{"tags": attribute.Array}}, rule: map[string]string{"tags": `["a", "b"]`}}
	m := e.must(t, bridgetest.Record("{}"))
	if bridgetest.Attribute(&m, "tags") != `["a","b"]` || bridgetest.Attribute(&m, attribute.HeadersBase64) != "" {
		t.Errorf("%+v", m)
	}
}

// Whatever keys and headers hold, the message stays filterable, within its slots, and nothing is lost.
func TestEncodeForSNSLosesNothing(t *testing.T) {
	values := rapid.OneOf(rapid.SampledFrom([]string{"v", `"`, `\`, "\n", "\x7f", "\u2028", "é"}), rapid.String())
	names := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "tier", "kafka_key", "correlation_id", "traceparent"})
	rapid.Check(t, func(rt *rapid.T) {
		r := bridgetest.Record(rapid.SampledFrom([]string{"{}", "\xff"}).Draw(rt, "value"))
		r.Key = []byte(values.Draw(rt, "key"))
		for range rapid.IntRange(0, 9).Draw(rt, "headers") {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: names.Draw(rt, "name"), Value: []byte(values.Draw(rt, "value"))})
		}
		tier := values.Draw(rt, "tier")
		literal, _ := json.Marshal(strings.ToValidUTF8(tier, "?"))
		e := encoding{dest: message.Destination{Profile: sns.Profile, Headers: message.NewHeaderFilter([]string{"*"})},
			rule: map[string]string{"tier": string(literal), "w": `"1"`, "x": `"2"`, "y": `"3"`}, origin: offsets.TopicIdentity{}}
		m, err := e.of(t, r)
		if err != nil {
			return // a text that no service takes
		}
		e.check(t, &m)
		folded := unfolded(t, &m)
		for _, h := range r.Headers {
			if bridgetest.Attribute(&m, h.Key) != string(h.Value) && folded[h.Key] == nil {
				rt.Errorf("%s: %q is lost: %v", h.Key, h.Value, m.Attributes)
			}
		}
	})
}

func TestOmittedAttributesAreLeftOut(t *testing.T) {
	for _, profile := range []message.Profile{sqs.Profile, sns.Profile} {
		e := encoding{dest: message.Destination{Profile: profile, Omit: attribute.Omittable}, origin: offsets.NewTopicIdentity("cluster", "orders", [16]byte{1}), again: message.Replay("again")}
		m := e.must(t, bridgetest.WithHeaders(bridgetest.Record("\xff"), "traceparent", bridgetest.Traceparent, "x-correlation-id", "c-1"))
		var names []string
		for _, a := range m.Attributes {
			names = append(names, a.Name)
		}
		if got := strings.Join(names, " "); got != attribute.Replayed+" "+attribute.ContentEncoding || m.CorrelationID != "c-1" {
			t.Errorf("%s: %s, correlation id %q", profile.Kind, got, m.CorrelationID)
		}
	}
	e := encoding{dest: message.Destination{Omit: attribute.Omittable, Headers: message.NewHeaderFilter([]string{"trace*"})}}
	if m := e.must(t, bridgetest.WithHeaders(bridgetest.Record("x"), "traceparent", bridgetest.Traceparent)); bridgetest.Attribute(&m, attribute.Headers) != `{"traceparent":"`+bridgetest.Traceparent+`"}` {
		t.Errorf("a header that is let through: %v", m.Attributes)
	}
}

// The dead letter of a message says its correlation id, though the message had no such attribute, and one for
// SNS stays filterable.
func TestDeadLetterKeepsAnOmittedCorrelationID(t *testing.T) {
	letter := message.DeadLetter{Record: bridgetest.Record("x"), Reason: message.ReasonRejected, Time: time.Unix(0, 0)}
	if m := message.LetterMessage(letter, &offsets.TopicIdentity{}, nil, `c-"1"`, message.Destination{Profile: sqs.Profile}); bridgetest.Attribute(&m, attribute.CorrelationID) != `c-"1"` {
		t.Errorf("%v", m.Attributes)
	}
	m := message.LetterMessage(letter, &offsets.TopicIdentity{}, nil, `c-"1"`, message.Destination{Profile: sns.Profile, Omit: []string{attribute.KafkaTopic}})
	if folded := unfolded(t, &m); folded[attribute.CorrelationID] != `c-"1"` || bridgetest.Attribute(&m, attribute.DeadLetterReason) != string(message.ReasonRejected) || bridgetest.Attribute(&m, attribute.KafkaTopic) != "" {
		t.Errorf("%v, folded %v", m.Attributes, folded)
	}
}
