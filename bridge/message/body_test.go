package message_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// What an expression gives is the body: text as it is, lists and mappings as JSON, all else as it
// is written.
func TestBodyIsWhatItsExpressionGives(t *testing.T) {
	const value = `{"id":"o-1","note":"a \u0000 b","big":9007199254740993,"price":1.50,"items":[ 1, 2 ],"deep":{ "b":1, "a":2 },"yes":true}`
	for expr, want := range map[string]string{
		`value`:      value,
		`value.id`:   "o-1",
		`value.deep`: `{ "b":1, "a":2 }`,
		`value.big`:  "9007199254740993",
		`value.yes`:  "true",
		`{"price": value.price, "n": value.big, "items": value.items, "none": value.none}`: `{"items":[ 1, 2 ],"n":9007199254740993,"none":null,"price":1.5}`,
		`[key, topic, partition, b"ab", "\u007f\uffff<"]`:                                  `["k-1","orders",3,"YWI=","` + "\x7f" + `\uffff<"]`,
		`timestamp`:                          "2023-11-14T22:13:20.123Z",
		`b"abc"`:                             "abc",
		`{1: "one", true: duration("1.5s")}`: `{"1":"one","true":"1.5s"}`,
	} {
		m := encoding{route: routing.Destination{Body: expr}}.must(t, bridgetest.Record(value))
		if string(m.Body) != want || bridgetest.Attribute(&m, attribute.ContentEncoding) != "" {
			t.Errorf("%s gives %s, want %s", expr, m.Body, want)
		}
	}
	for expr, want := range map[string]string{`value.note`: "a \x00 b", `b"\xff\x00"`: "\xff\x00"} {
		m := encoding{route: routing.Destination{Body: expr}}.must(t, bridgetest.Record(value))
		if got, err := base64.StdEncoding.DecodeString(string(m.Body)); err != nil || string(got) != want || bridgetest.Attribute(&m, attribute.ContentEncoding) != "base64" {
			t.Errorf("%s gives %q, marked %q", expr, m.Body, bridgetest.Attribute(&m, attribute.ContentEncoding))
		}
	}
}

// A byte order mark is sent where the value is sent as it came, and is no part of a document.
func TestByteOrderMarkIsNoPartOfADocument(t *testing.T) {
	const value = "\xef\xbb\xbf{\"id\":7}"
	for name, c := range map[string]struct {
		e    encoding
		want string
	}{
		"raw":         {encoding{}, value},
		"json":        {encoding{dest: message.Destination{Envelope: message.EnvelopeJSON}}, `"value":{"id":7},`},
		"cloudevents": {encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}}, `"data":{"id":7}}`},
		"body":        {encoding{route: routing.Destination{Body: "value"}}, `{"id":7}`},
		"deliver":     {encoding{json: true}, `{"id":7}`},
	} {
		if m := c.e.must(t, bridgetest.Record(value)); !strings.Contains(string(m.Body), c.want) || name != "raw" && strings.Contains(string(m.Body), "\xef") {
			t.Errorf("%s: %q, want %q", name, m.Body, c.want)
		}
	}
}

// A body that an expression cannot make is an error, but for records that have nothing to make it
// of: those stay the marked null that they are without an expression.
func TestBodyExpressionWithoutResultFails(t *testing.T) {
	for expr, remedy := range map[string]string{
		"value.none":                  "have it give something for every event",
		`""`:                          "SQS and SNS take no empty body",
		"string(1 / int(value.zero))": "division by zero",
		`{"n": double("NaN")}`:        "JSON has no such number",
	} {
		_, err := encoding{route: routing.Destination{Body: expr}}.of(t, bridgetest.Record(`{"zero":0}`))
		var at *message.EncodeError
		if !errors.As(err, &at) || at.Path != "body" || !strings.Contains(err.Error(), remedy) {
			t.Errorf("%s: %v", expr, err)
		}
	}
	for _, c := range []struct {
		value      []byte
		expr       string
		body, mark string
	}{
		{nil, "value.id", "null", "true"},
		{[]byte{}, "value.id", "null", "empty"},
		{nil, "string(value.size())", "null", "true"},
		{[]byte(" null"), "value.id", " null", ""},
		{nil, `{"gone": key}`, `{"gone":"k-1"}`, ""},
		{[]byte{}, `value == "" ? "nothing" : value`, "nothing", ""},
	} {
		r := bridgetest.Record("")
		r.Value = c.value
		m := encoding{route: routing.Destination{Body: c.expr}}.must(t, r)
		if string(m.Body) != c.body || bridgetest.Attribute(&m, attribute.KafkaTombstone) != c.mark {
			t.Errorf("%q by %s: %s, marked %q", c.value, c.expr, m.Body, bridgetest.Attribute(&m, attribute.KafkaTombstone))
		}
	}
}

// An expression cannot make a document out of all proportion to its event.
func TestBodyExpressionThatGivesTooMuchFails(t *testing.T) {
	e := encoding{route: routing.Destination{Body: "[" + strings.Repeat("value, ", 100) + "value]"}}
	_, err := e.of(t, bridgetest.Record(`"`+strings.Repeat("x", 1<<20)+`"`))
	if err == nil || !strings.Contains(err.Error(), "name the fields that are wanted") {
		t.Errorf("%v", err)
	}
}

func TestEnvelopeHoldsTheResultOfTheExpression(t *testing.T) {
	for expr, want := range map[string]string{
		`{"id": value.id}`:  `"value":{"id":"o-1"},`,
		`value.id`:          `"value":"o-1",`,
		`value.n`:           `"value":7,`,
		`""`:                `"value":"",`,
		`b"abc"`:            `"value_base64":"YWJj",`,
		`"a" + value.ctl`:   `"value_base64":"YQA=",`,
		`double("nan")`:     `"value":"NaN",`,
		`[value.id, topic]`: `"value":["o-1","orders"],`,
	} {
		e := encoding{dest: message.Destination{Envelope: message.EnvelopeJSON}, route: routing.Destination{Body: expr}}
		m := e.must(t, bridgetest.Record(`{"id":"o-1","n":7,"ctl":"\u0000"}`))
		if !strings.HasPrefix(string(m.Body), `{"key":"k-1",`+want) || bridgetest.Attribute(&m, attribute.ContentEncoding) != "" {
			t.Errorf("%s: %s", expr, m.Body)
		}
	}
}

// How a value is embedded depends on how its topic is read, and on whether SQS takes it.
func TestEnvelopeEmbedsTheValueByItsFormat(t *testing.T) {
	for _, c := range []struct {
		format codec.Format
		value  string
		want   string
	}{
		{codec.FormatJSON, ` {"a": 1.0, "a": "\ud800"} `, `"value": {"a": 1.0, "a": "\ud800"} ,`},
		{codec.FormatJSON, "plain \"text\"\n", `"value":"plain \"text\"\n",`},
		{codec.FormatJSON, "\"caf\xe9\"", `"value_base64":"ImNhZuki",`},
		{codec.FormatJSON, "\"\uffff\"", `"value_base64":"Iu+/vyI=",`},
		{codec.FormatJSON, "a\x00", `"value_base64":"YQA=",`},
		{codec.FormatText, `{"a":1}`, `"value":"{\"a\":1}",`},
		{codec.FormatBytes, `{"a":1}`, `"value_base64":"eyJhIjoxfQ==",`},
	} {
		for _, field := range []string{"", "value.a"} { // the second looks into the value before
			e := encoding{dest: message.Destination{Envelope: message.EnvelopeJSON}, format: c.format, field: field}
			m := e.must(t, bridgetest.Record(c.value))
			if !strings.HasPrefix(string(m.Body), `{"key":"k-1",`+c.want) {
				t.Errorf("%s %q: %s", c.format, c.value, m.Body)
			}
		}
	}
}

func FuzzBodyExpression(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":"c"}]}`))
	f.Add([]byte("\"\xff\""))
	f.Fuzz(func(t *testing.T, value []byte) {
		e := encoding{route: routing.Destination{Body: `{"v": value, "l": [value, key]}`}}
		r := &kgo.Record{Topic: "t", Value: value}
		m, err := e.of(t, r)
		if err != nil {
			t.Skip()
		}
		e.check(t, &m)
		if bridgetest.Attribute(&m, attribute.ContentEncoding) == "" && codec.Decode(codec.FormatJSON, m.Body, true).JSON == nil {
			t.Errorf("%q gives %s", value, m.Body)
		}
	})
}
