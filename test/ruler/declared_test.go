package ruler

import (
	"bytes"
	"encoding/json"
	"testing"
)

// What is declared must be there: a deviation that is gone comes off the list.
func TestDeclaredDeviationsExist(t *testing.T) {
	o := oracle(t)
	for _, dev := range deviations {
		d := again(o, parse(t, dev.pattern), parse(t, dev.event))
		switch {
		case d == nil:
			t.Errorf("%s: both sides agree on %s and %s", dev.name, dev.pattern, dev.event)
		case !dev.holds(d, o):
			t.Errorf("%s: does not explain its own example %s and %s", dev.name, dev.pattern, dev.event)
		}
	}
}

// parse reads JSON into a document; no text is an empty object.
func parse(t testing.TB, text string) *document {
	t.Helper()
	if text == "" {
		return object()
	}
	var raw json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	d, err := parseRaw(raw)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

func parseRaw(raw json.RawMessage) (*document, error) {
	switch raw = bytes.TrimSpace(raw); raw[0] {
	case '[':
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return nil, err
		}
		d := array()
		for _, r := range items {
			v, err := parseRaw(r)
			if err != nil {
				return nil, err
			}
			d.items = append(d.items, v)
		}
		return d, nil
	case '{':
		d := object()
		dec := json.NewDecoder(bytes.NewReader(raw))
		_, err := dec.Token()
		for err == nil && dec.More() {
			var key json.Token
			var inner json.RawMessage
			if key, err = dec.Token(); err != nil {
				break
			}
			if err = dec.Decode(&inner); err != nil {
				break
			}
			var v *document
			v, err = parseRaw(inner)
			d.members = append(d.members, field(key.(string), v))
		}
		return d, err
	}
	return scalar(string(raw)), nil
}

// Numbers are compared as they are written, so they have to come through the configuration.
func TestNumbersCompareAsWritten(t *testing.T) {
	o := oracle(t)
	r := &round{}
	numbers := []string{"123456789012345678901234567890", "1.00000000000000000000001", "1e-400", "1e400", "-1e400", "99.99999999999999999999",
		"18446744073709551616", "-9223372036854775809", "9007199254740993", "0.1", "-0.0", "1E2", "1e-300", "0e400", "1", "0", "100"}
	for _, n := range numbers {
		r.events = append(r.events, object(field("a", scalar(n))))
		for _, test := range []*document{scalar(n), operator("anything-but", scalar(n)), operator("numeric", array(scalar(`"="`), scalar(n)))} {
			r.patterns = append(r.patterns, object(field("a", array(test))))
		}
	}
	var theirs Answer
	if err := o.Ask(r.request(), &theirs); err != nil {
		t.Fatal(err)
	}
	mine, err := ours(r.patterns, r.events)
	if err != nil {
		t.Fatal(err)
	}
	var count tally
	for _, d := range count.compare(r, mine, &theirs) {
		t.Errorf("pattern %s\n  event %s\n  ours   %s\n  theirs %s", d.pattern, d.event, d.mine, d.theirs)
	}
}
