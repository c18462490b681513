package ruler

import (
	"bytes"
	"encoding/json"
	"testing"
)

// What is declared must be there: a deviation that is gone comes off the list.
func TestDeviationsAreReal(t *testing.T) {
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
