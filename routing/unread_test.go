package routing

import (
	"testing"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// unchecked is an event of which nobody has looked into the value.
func unchecked(value string) *expr.Event {
	ev := event(value)
	ev.Value, ev.Unchecked = codec.Value{JSON: []byte(value), Raw: []byte(value)}, true
	return ev
}

// A value that was to be JSON and is not must not look like an event nobody wants.
func TestInvalidJSONIsADeadLetterWhereRulesReadIt(t *testing.T) {
	t.Parallel()
	match := map[string]any{"type": []any{"a"}}
	to := []string{"a"}
	tenant := func(name string) map[string]any { return map[string]any{"tenant": []any{name}} }
	cases := []struct {
		name    string
		rules   []Rule
		value   string
		outcome Outcome
		unread  bool
		lenient Outcome
	}{
		{"a pattern", []Rule{{Match: match, To: to}}, `{"type":"a"`, DeadLetter, true, Unmatched},
		{"a condition", []Rule{{When: `value.type == "a"`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a condition for it", []Rule{{When: `value == "NaN"`, To: to}}, `NaN`, Routed, false, Routed},
		{"a condition that asks first", []Rule{{When: `has(value.type) && value.type == "a"`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a condition that fails otherwise", []Rule{{When: `int(value) > 1`, To: to}}, `NaN`, DeadLetter, true, DeadLetter},
		{"nobody reads it", []Rule{{When: `key == "x"`, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"of another topic", []Rule{{Topics: topics("refunds"), Match: match, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"of other headers", []Rule{{Headers: tenant("x"), Match: match, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"of these headers", []Rule{{Headers: tenant("acme"), Match: match, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a condition for another topic", []Rule{{When: `topic == "refunds" && value.total > 1`, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"the same, the other way round", []Rule{{When: `value.total > 1 && topic == "refunds"`, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"a condition for this topic", []Rule{{When: `topic == "orders" && value.total > 1`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a condition for an absent header", []Rule{{When: `has(headers.type) && headers.type == "x" && value.a == 1`, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"a condition that chooses another part", []Rule{{When: `partition == 5 ? value.a == 1 : has(headers.type)`, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"a loop that needs the value", []Rule{{When: `["x", "acme"].exists(t, t == headers.tenant && t == value.a)`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a loop that does not", []Rule{{When: `["x", "y"].exists(t, t == headers.tenant && t == value.a)`, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"a header that the value names", []Rule{{When: `headers[value.a] == "x"`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a list with the value", []Rule{{When: `key in [value.a, value.b]`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a regular expression for the value", []Rule{{When: `string(value.a).matches("x")`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a pattern, and a condition that says no", []Rule{{Match: match, When: `topic == "refunds"`, To: to}}, `NaN`, Unmatched, false, Unmatched},
		{"a pattern, and a condition that says yes", []Rule{{Match: match, When: `topic == "orders"`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"a pattern, and a condition that asks too", []Rule{{Match: match, When: `value.a == 1`, To: to}}, `NaN`, DeadLetter, true, Unmatched},
		{"routed by another rule", []Rule{{Match: match, To: to}, {Headers: tenant("acme"), To: to}}, `NaN`, Routed, false, Routed},
		{"dropped by another rule", []Rule{{Match: match, To: to}, {Headers: tenant("acme"), Drop: true}}, `NaN`, Dropped, false, Dropped},
		{"JSON", []Rule{{Match: match, To: to}}, `{"type":"b"}`, Unmatched, false, Unmatched},
		{"JSON that is a text", []Rule{{When: `value.type == "a"`, To: to}}, `"{}"`, DeadLetter, false, DeadLetter},
		{"JSON within a text", []Rule{{Match: match, To: to}}, ` "{\"type\":\"a\"}"`, DeadLetter, true, Unmatched},
		{"JSON within a text, for a condition", []Rule{{When: `json.decode(value).type == "b"`, To: to}}, `"{\"type\":\"a\"}"`, Unmatched, false, Unmatched},
		{"JSON within a text, for a condition over its fields", []Rule{{When: `value.total > 1`, To: to}}, `"{\"total\":5}"`, DeadLetter, false, DeadLetter},
		{"JSON within a text, with such escapes", []Rule{{Match: match, To: to}}, `"\ufeff\n[ {\u0022type\u0022:1}]"`, DeadLetter, true, Unmatched},
		{"a text like JSON", []Rule{{Match: match, To: to}}, `"[{main}] started [ok]"`, Unmatched, false, Unmatched},
		{"another", []Rule{{Match: match, To: to}}, `"[{0}]"`, Unmatched, false, Unmatched},
		{"a text with quotes in braces", []Rule{{Match: match, To: to}}, `"{\"quoted\" braces}"`, Unmatched, false, Unmatched},
		{"JSON within a text, for another topic", []Rule{{Topics: topics("refunds"), Match: match, To: to}}, `"{\"type\":\"a\"}"`, Unmatched, false, Unmatched},
		{"JSON within a text, routed", []Rule{{Match: match, To: to}, {Headers: tenant("acme"), To: to}}, `"{\"type\":\"a\"}"`, Routed, false, Routed},
		{"a text", []Rule{{Match: match, To: to}}, `"a"`, Unmatched, false, Unmatched},
		{"empty", []Rule{{Match: match, To: to}}, ``, Unmatched, false, Unmatched},
		{"empty, for a condition", []Rule{{When: `value.type == "a"`, To: to}}, ``, Unmatched, false, Unmatched},
	}
	for _, c := range cases {
		table := compileRules(t, c.rules...)
		var d Decision
		table.Route(unchecked(c.value), &d)
		if d.Outcome != c.outcome || d.Unread != c.unread || d.Undecodable != c.unread {
			t.Errorf("%s: %+v", c.name, d)
		}
		ev := unchecked(c.value)
		ev.Lenient = true
		table.Route(ev, &d)
		if d.Outcome != c.lenient || d.Unread != c.unread || d.Undecodable {
			t.Errorf("%s, lenient: %+v", c.name, d)
		}
	}
}

// What a schema decodes is a text as well where its value is one; the value as it came begins otherwise.
func TestDecodedTextOfJSONIsADeadLetter(t *testing.T) {
	t.Parallel()
	table := compileRules(t, Rule{Match: map[string]any{"type": []any{"a"}}, To: []string{"a"}})
	for doc, want := range map[string]Outcome{`"{\"type\":\"a\"}"`: DeadLetter, `"a"`: Unmatched} {
		ev := event(doc)
		ev.Value.Raw = append([]byte{0, 0, 0, 0, 7}, doc...)
		var d Decision
		if table.Route(ev, &d); d.Outcome != want || d.Undecodable != (want == DeadLetter) {
			t.Errorf("%s: %+v", doc, d)
		}
	}
}
