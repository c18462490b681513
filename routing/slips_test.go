package routing

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// obeyedPatterns are slips, what the message about them says to write, and that written. The first event
// matches what is written instead, the second does not.
var obeyedPatterns = []struct{ slip, remedy, instead, matches, not string }{
	{`match: {t: [{anything-but: [{prefix: a}, {prefix: b}]}]}`, `write {anything-but: {prefix: ["a", "b"]}}`, `match: {t: [{anything-but: {prefix: ["a", "b"]}}]}`, `{"t":"c"}`, `{"t":"b1"}`},
	{`match: {t: [{anything-but: [{prefix: a}, {suffix: b}, c]}]}`, `write when: 'has(value.field) && !(type(value.field) == string && (value.field.startsWith("a") || value.field.endsWith("b") || value.field == "c"))'`,
		`when: 'has(value.t) && !(type(value.t) == string && (value.t.startsWith("a") || value.t.endsWith("b") || value.t == "c"))'`, `{"t":"x"}`, `{"t":"xb"}`},
	{`match: {t: [{anything-but: {numeric: [">=", 100]}}]}`, `{numeric: ["<", 100]}`, `match: {t: [{numeric: ["<", 100]}]}`, `{"t":5}`, `{"t":100}`},
	{`match: {t: [{anything-but: {exists: true}}]}`, `write {exists: false}`, `match: {t: [{exists: false}]}`, `{}`, `{"t":1}`},
	{`match: {t: [{anything-but: null}]}`, `write when: 'value.field != null'`, `when: 'value.t != null'`, `{"t":1}`, `{"t":null}`},
	{`match: {t: [{prefix: a, suffix: "*"}]}`, `write {wildcard: 'a*\*'}`, `match: {t: [{wildcard: 'a*\*'}]}`, `{"t":"ab*"}`, `{"t":"ab"}`},
	{`match: {t: [{prefix: a, anything-but: ab}]}`, `and the others in when`, `{match: {t: [{prefix: a}]}, when: value.t != "ab"}`, `{"t":"ac"}`, `{"t":"ab"}`},
	{`match: {$and: [{t: [1]}, {u: [2]}]}`, `write them beside each other`, `match: {t: [1], u: [2]}`, `{"t":1,"u":2}`, `{"t":1}`},
	{`match: {$not: {t: [a]}}`, `status: [{anything-but: [new, open]}]`, `match: {t: [{anything-but: [a]}]}`, `{"t":"b"}`, `{"t":"a"}`},
	{`match: {t: {$gt: 5}}`, `total: [{numeric: [">", 100]}]`, `match: {t: [{numeric: [">", 5]}]}`, `{"t":6}`, `{"t":5}`},
	{`match: {t: {gte: 5}}`, `total: [{numeric: [">=", 100]}]`, `match: {t: [{numeric: [">=", 5]}]}`, `{"t":5}`, `{"t":4}`},
	{`match: {t: [{$in: [a, b]}]}`, `status: [new, open]`, `match: {t: [a, b]}`, `{"t":"b"}`, `{"t":"c"}`},
	{`match: {t: [{$or: [a, b]}]}`, `the values of one field in one list`, `match: {t: [a, b]}`, `{"t":"b"}`, `{"t":"c"}`},
	{`match: {t: [{not: a}]}`, `status: [{anything-but: [new, open]}]`, `match: {t: [{anything-but: [a]}]}`, `{"t":"b"}`, `{"t":"a"}`},
	{`match: {t: [{regex: ^a}]}`, `write when: 'value.name.matches(r"^a")'`, `when: 'value.t.matches(r"^a")'`, `{"t":"ab"}`, `{"t":"b"}`},
	{`match: {t: [{contains: b}]}`, `name: [{wildcard: "*text*"}]`, `match: {t: [{wildcard: "*b*"}]}`, `{"t":"abc"}`, `{"t":"ac"}`},
	{`match: {t: [{starts-with: a}]}`, `name: [{prefix: order.}]`, `match: {t: [{prefix: a}]}`, `{"t":"ab"}`, `{"t":"b"}`},
	{`match: {t: [{all: [a, b]}]}`, `write when: 'value.tags.hasAll(["a", "b"])'`, `when: 'value.t.hasAll(["a", "b"])'`, `{"t":["b","a"]}`, `{"t":["a"]}`},
	{`match: {t: [{sku: [a]}]}`, `without [ ] around them, as in items: {sku: [x]}`, `match: {t: {sku: [a]}}`, `{"t":[{"sku":"a"}]}`, `{"t":[{"sku":"b"}]}`},
	{`match: {t: "01067"}`, `like ["01067"]`, `match: {t: ["01067"]}`, `{"t":"01067"}`, `{"t":1067}`},
	{`match: {t: "true"}`, `like ["true"]`, `match: {t: ["true"]}`, `{"t":"true"}`, `{"t":true}`},
	{`match: {t: "a, b"}`, `like ["a, b"]`, `match: {t: ["a, b"]}`, `{"t":"a, b"}`, `{"t":"a"}`},
	{`match: {t: [{anythingbut: a}]}`, `unknown operator "anythingbut"; did you mean "anything-but"?`, `match: {t: [{anything-but: a}]}`, `{"t":"b"}`, `{"t":"a"}`},
	{`match: {t: [{anythingbut: {prefix: a}}]}`, `did you mean "anything-but"? If it is a field: fields of what is in an array`, `match: {t: [{anything-but: {prefix: a}}]}`, `{"t":"b"}`, `{"t":"a"}`},
	{`match: {t: [{prefxi: a}]}`, `unknown operator "prefxi"; did you mean "prefix"?`, `match: {t: [{prefix: a}]}`, `{"t":"ab"}`, `{"t":"b"}`},
	{`match: {t: {$ne: null}}`, `write when: 'value.status != null'`, `when: 'value.t != null'`, `{"t":1}`, `{"t":null}`},
	{`match: {t: {$exists: true}}`, `write exists in the list of the field, as in error: [{exists: true}]`, `match: {t: [{exists: true}]}`, `{"t":1}`, `{}`},
	{`match: {t: {$exists: [true]}}`, `[{exists: true}]`, `match: {t: [{exists: true}]}`, `{"t":1}`, `{}`},
	{`match: {t: [{$exists: false}]}`, `[{exists: true}]`, `match: {t: [{exists: false}]}`, `{}`, `{"t":1}`},
	{`match: {t: {$elemMatch: {a: [x], b: [1]}}}`, `as in items: {sku: [x], qty: [1]}`, `match: {t: {a: [x], b: [1]}}`, `{"t":[{"a":"x","b":1}]}`, `{"t":[{"a":"x"},{"b":1}]}`},
	{`match: {t: [{$elemMatch: {a: x}}]}`, `as in items: {sku: [x], qty: [1]}`, `match: {t: {a: [x]}}`, `{"t":[{"a":"x"}]}`, `{"t":[]}`},
	{`match: {t: {$size: 2}}`, `write when: 'value.tags.size() == 2'`, `when: 'value.t.size() == 2'`, `{"t":[1,2]}`, `{"t":[1]}`},
	{`match: {t: {$mod: [4, 0]}}`, `write when: 'value.total % 4 == 0'`, `when: 'value.t % 4 == 0'`, `{"t":8}`, `{"t":7}`},
	{`match: {t: {$type: string}}`, `write when: 'type(value.total) == string'`, `when: 'type(value.t) == string'`, `{"t":"a"}`, `{"t":7}`},
	{`match: {t: {$type: [int, long]}}`, `type(value.total)`, `when: 'type(value.t) == int'`, `{"t":1}`, `{"t":"a"}`},
	{`match: {t: {$type: [2]}}`, `type(value.total)`, `when: 'type(value.t) == int'`, `{"t":1}`, `{"t":"a"}`},
	{`match: {$expr: {$gt: [$t, $u]}}`, `write when: 'value.total > value.limit'`, `when: 'value.t > value.u'`, `{"t":2,"u":1}`, `{"t":1,"u":1}`},
	{`match: {$where: this.t > this.u}`, `write when: 'value.total > value.limit'`, `when: 'value.t > value.u'`, `{"t":2,"u":1}`, `{"t":1,"u":1}`},
	{`match: {t: {$options: i}}`, `value.name.matches(r"(?i)text")`, `when: 'value.t.matches(r"(?i)a")'`, `{"t":"A"}`, `{"t":"b"}`},
	{`match: {t: {$bitsAllSet: [4]}}`, `math.bitAnd(value.flags, 4) == 4`, `when: 'math.bitAnd(value.t, 4) == 4'`, `{"t":5}`, `{"t":3}`},
	{`match: {t: {$near: [50, 8]}}`, `value.lat > 50.0 && value.lat < 51.0`, `when: 'value.t > 50.0 && value.t < 51.0'`, `{"t":50.5}`, `{"t":3}`},
	{`match: {t: [1], $comment: x}`, `a remark behind #`, `match: {t: [1]} # x`, `{"t":1}`, `{"t":3}`},
	{`match: {t: [[a, b]]}`, `write all alternatives in one list`, `match: {t: [a, b]}`, `{"t":"b"}`, `{"t":"c"}`},
}

func TestRemediesOfPatternsWorkWhenObeyed(t *testing.T) {
	for _, c := range obeyedPatterns {
		_, err := compileRule(t, c.slip)
		if err == nil || !strings.Contains(err.Error(), c.remedy) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want %q", c.slip, err, c.remedy)
		}
		table, err := compileRule(t, c.instead)
		if err != nil {
			t.Errorf("%s: %v", c.instead, err)
			continue
		}
		var matches, not Decision
		table.Route(event(c.matches), &matches)
		table.Route(event(c.not), &not)
		if matches.Outcome != Routed || not.Outcome == Routed {
			t.Errorf("%s: %s is %s, %s is %s", c.instead, c.matches, outcomes[matches.Outcome], c.not, outcomes[not.Outcome])
		}
	}
}

// Fields that are called like an operator of another language are fields.
func TestFieldsCalledLikeOperatorsAreFields(t *testing.T) {
	for _, rule := range []string{
		`match: {and: [1], not: [1], $type: [a], gt: [5], in: {eu: [x]}, $schema: [s]}`,
		`match: {value: {equals: [1]}, range: {min: [1], max: [2]}}`,
		`headers: {match: [a], $id: [b]}`,
		`match: {item: {$type: [Order, Date]}, a: {$type: [Date, String]}, b: {$type: [Order, date]}, c: {$type: [Number]}}`,
		`match: {x: {$text: [a], $comment: [a], $regex: [a], $options: [i], $where: [a], $search: [a], $elemMatch: [a]}, meta: {$function: [a]}}`,
		`match: {size: {$size: [1]}, query: {$size: {min: [1]}, $function: {name: [a]}, $text: {lang: [en]}, $mod: {by: [a]}}, $jsonSchema: [a], $comment: [a]}`,
		`match: {properties: {$ip: [10.0.0.1], $match: [a], $startsWith: [a], $current: {$ip: [a]}}}`,
		`match: {item: {$type: ["Shop.Order, Shop"]}, size: [2], exists: {mod: [1], type: [string]}, where: [x], $date: [1], $oid: [a], _id: {$numberLong: ["1"]}}`,
	} {
		if _, err := compileRule(t, rule); err != nil {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// A field that cannot be told from an operator is refused with the way to compare it, and that works.
func TestFieldsThatReadAsOperatorsAreRefused(t *testing.T) {
	for _, c := range []struct{ slip, instead, matches, not string }{
		{`match: {item: {$type: [date]}}`, `value.item["$type"] == "Order"`, `{"item":{"$type":"Order"}}`, `{"item":{"$type":"date"}}`},
		{`match: {item: {$type: [object, array]}}`, `value.item["$type"] == "Order"`, `{"item":{"$type":"Order"}}`, `{"item":{}}`},
		{`match: {item: {$in: [a]}}`, `value.item["$in"] == "Order"`, `{"item":{"$in":"Order"}}`, `{}`},
		{`match: {item: {$GTE: {a: [1]}}}`, `value.item["$GTE"] == "Order"`, `{"item":{"$GTE":"Order"}}`, `{}`},
		{`match: {$and: [{a: [1]}]}`, `value["$and"] == "Order"`, `{"$and":"Order"}`, `{}`},
		{`headers: {$eq: [a]}`, `headers["$eq"] == "Order"`, ``, ``},
	} {
		_, err := compileRule(t, c.slip)
		if err == nil || !strings.Contains(err.Error(), "; for a field of this name write when: '"+c.instead+"'") {
			t.Errorf("%s: %v; want %s", c.slip, err, c.instead)
		}
		table, err := compileRule(t, "when: '"+c.instead+"'")
		if err != nil {
			t.Errorf("%s: %v", c.instead, err)
			continue
		}
		if c.matches == "" {
			continue
		}
		var matches, not Decision
		table.Route(event(c.matches), &matches)
		table.Route(event(c.not), &not)
		if matches.Outcome != Routed || not.Outcome == Routed {
			t.Errorf("%s: %s is %s, %s is %s", c.instead, c.matches, outcomes[matches.Outcome], c.not, outcomes[not.Outcome])
		}
	}
}

func compileRule(t *testing.T, text string) (*Table, error) {
	t.Helper()
	var r struct {
		Match, Headers map[string]any
		When           string
	}
	if err := yaml.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return Compile(Options{Destinations: []Destination{{Name: "a"}}, Rules: []Rule{{Match: r.Match, Headers: r.Headers, When: r.When, To: []string{"a"}}}})
}
