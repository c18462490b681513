package fake

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"
)

// FuzzDecodeSend holds the scanner against encoding/json: what one reads, the
// other reads, and to the same bytes.
func FuzzDecodeSend(f *testing.F) {
	for _, s := range []string{
		`{"QueueUrl":"http://h/1/q","Entries":[{"Id":"0","MessageBody":"a\"\\\/\b\f\n\r\tü\u00fc\ud83d\ude00"}]}`,
		`{"Entries":[{"Id":"1","MessageBody":"x","DelaySeconds":3,"Unknown":{"a":[1,true,null,"}"]}}],"QueueUrl":null}`,
		` { "Entries" : [ ] } `, `{}`, `{"Entries":null}`, `{"Entries":[{}]}`, `[`, `{"Entries":[{"MessageBody":"\u12"}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var want struct {
			QueueURL *string `json:"QueueUrl"`
			Entries  []struct {
				ID          *string `json:"Id"`
				MessageBody *string
			}
		}
		var generic any
		if !utf8.Valid(in) || json.Unmarshal(in, &generic) != nil || json.Unmarshal(in, &want) != nil {
			// Only reading without a panic is asked for.
			_ = decodeSend(bytes.Clone(in), true, &sendRequest{})
			return
		}
		if !plainKeys(generic) {
			return
		}
		var got sendRequest
		if err := decodeSend(bytes.Clone(in), true, &got); err != nil {
			return // stricter in types, such as attributes that are no objects
		}
		if len(got.entries) != len(want.Entries) {
			t.Fatalf("%d entries, want %d", len(got.entries), len(want.Entries))
		}
		for i, e := range got.entries {
			if w := want.Entries[i].MessageBody; w != nil && utf8.Valid(e.body) && string(e.body) != *w {
				t.Fatalf("body %q, want %q", e.body, *w)
			}
		}
	})
}

// plainKeys says whether the object has none of encoding/json's freedoms: keys in
// another case.
func plainKeys(v any) bool {
	known := []string{"QueueUrl", "Entries", "Id", "MessageBody", "DelaySeconds", "Unknown"}
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if !slices.Contains(known, k) || !plainKeys(e) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !plainKeys(e) {
				return false
			}
		}
	}
	return true
}

func TestLoneSurrogateIsRefused(t *testing.T) {
	var r sendRequest
	if err := decodeSend([]byte(`{"Entries":[{"Id":"0","MessageBody":"x\ud800y"}]}`), true, &r); err != nil {
		t.Fatal(err)
	}
	if allowedText(r.entries[0].body) {
		t.Errorf("%q passes as text", r.entries[0].body)
	}
}

func TestTextThatAWSRefusesIsNotAllowed(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "plain ascii, longer than eight bytes": true, "tab\tnewline\ncr\r": true, "é ü 漢字 😀": true,
		"\uFFFD": true, "12345678\x01": false, "\x00": false, "\x1f": false, "\x7f": true, "\uFFFE": false,
		"\uFFFF": false, "12345678\xff": false, "\U0010FFFF": true, "1234567\x0b9": false, "\xed\xa0\x80": false,
	} {
		if got := allowedText([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestNumberAttributesAreValidated(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "-1.50": true, "1e126": true, "1e127": false, "1e-128": true, "1e-129": false, ".5": true,
		"12345678901234567890123456789012345678": true, "123456789012345678901234567890123456789": false,
		"": false, "abc": false, "1 ": false, "NaN": false, "0x10": false, "1e99999": false,
	} {
		if got := validNumber(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
