package codec

import (
	"strings"
	"testing"
)

// The place and the cause of what is no JSON, and what to do where that can be told.
func TestInvalidJSONIsExplained(t *testing.T) {
	t.Parallel()
	framedValue := string(framed(5, []byte{2, 'a'}))
	for value, want := range map[string]string{
		"":                              "it ends too early, after 0 bytes",
		"abc":                           "'a' cannot stand at byte 1",
		`{"a":1`:                        "it ends too early, after 6 bytes",
		"\xef\xbb\xbf{\"a\":1":          "it ends too early, after 9 bytes",
		"\xef\xbb\xbf{]":                "at byte 5",
		`{"a":NaN}`:                     "NaN at byte 6 is not a number in JSON",
		`{"a":-Infinity}`:               "Infinity at byte 7 is not a number in JSON",
		`{"a":1}{"b":2}`:                `more follows the document, from byte 8 on: "{\"b\":2}"`,
		"{\"a\":1}\n{\"b\":2}\n":        `more follows the document, from byte 9 on`,
		`{'a':1}`:                       `'\'' cannot stand at byte 2`,
		`{"a":1,}`:                      "at byte 8",
		framedValue:                     "it begins with a schema id, 5; give the topic format: avro or protobuf",
		string(framed(5, []byte(`{}`))): "it begins with a schema id, 5; give the topic format: json_schema",
		"\xff\xfe{\x00}\x00":            "it is UTF-16",
		"{\x00\"\x00a\x00":              "it is UTF-16",
		"\x00{\x00\"\x00a":              "it is UTF-16",
		"\x1f\x8b\x08\x00":              "it begins as with gzip",
		"\x01\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x01": "it begins as with Cloudera Schema Registry",
		strings.Repeat("[", 1001):                              "it nests deeper than 1000 levels",
		"\x03\x00" + strings.Repeat("u", 16) + "x":             "AWS Glue Schema Registry",
	} {
		if Decode(FormatJSON, []byte(value), true).JSON != nil {
			t.Errorf("%q is taken", value)
		}
		if got := NotJSON([]byte(value)).Error(); !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

// A byte order mark is no part of the document, in any format of JSON.
func TestByteOrderMarkIsSkipped(t *testing.T) {
	t.Parallel()
	raw := []byte("\xef\xbb\xbf {\"a\":1}")
	d := newDecoder(t, FormatJSON, nil)
	v, err := d.Decode(raw, true)
	if err != nil || string(v.JSON) != ` {"a":1}` || string(v.Raw) != string(raw) {
		t.Errorf("%s, %v", v.JSON, err)
	}
	if got, err := jsonPayload(schemaKey{id: 1}, raw); err != nil || string(got) != ` {"a":1}` {
		t.Errorf("%s, %v", got, err)
	}
	for _, twice := range []string{"\xef\xbb\xbf\xef\xbb\xbf{}", "\xef\xbb{}"} {
		if Decode(FormatJSON, []byte(twice), true).JSON != nil {
			t.Errorf("%q is taken", twice)
		}
	}
}
