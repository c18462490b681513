package expr

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
)

const expressionValue = `{"a":{"n":1,"s":"x\u00e9\n"},"items":[{"q":1},{"q":2}],"f":1.50,"big":12345678901234567890,
	"min":-9223372036854775808,"z":null,"t":true,"e":{},"1":"one"}`

func TestExpressionsGiveTheirValues(t *testing.T) {
	const null = "\x00null"
	cases := map[string]string{
		// Absent fields read as null.
		`value.x`:                              null,
		`value.x.b.c`:                          null,
		`value.x.b.c == null`:                  "true",
		`value.a.n.deeper`:                     null,
		`value.items[5].q`:                     null,
		`value.x[0]`:                           null,
		`value.items.q`:                        null,
		`value.items.q.deeper`:                 null,
		`value[topic]`:                         null,
		`value.z`:                              null,
		`value.z.y`:                            null,
		`headers.nobody`:                       null,
		`headers["x-y"]`:                       null,
		`{"p": 1}.q`:                           null,
		`value.items[value.x == null ? 0 : 1]`: `{"q":1}`,
		// has() tells absent from null.
		`has(value.a.n)`:        "true",
		`has(value.a.x)`:        "false",
		`has(value.x.y.z)`:      "false",
		`has(value.a.n.deeper)`: "false",
		`has(value.z)`:          "true",
		`has(headers.tenant)`:   "true",
		`has({"p": 1}.p)`:       "true",
		`[value.a, value.e].filter(x, has(x.n)).size()`: "1",
		`"n" in value.a`: "true",
		`"m" in value.a`: "false",
		`1 in value.a`:   "false",
		// Numbers compare by value, whatever their types.
		`value.a.n == 1.0 && value.f > 1 && value.f < 2u`: "true",
		`value.big > value.a.n`:                           "true",
		`value.min`:                                       "-9223372036854775808",
		`type(value.min) == int`:                          "true",
		// Objects and arrays.
		`value.items.size()`:                                           "2",
		`value.a.size()`:                                               "2",
		`value.items.exists(i, i.q > 1.5)`:                             "true",
		`value.items.map(i, i.q)`:                                      "[1,2]",
		`value.items.filter(i, i.q == 2)[0].q`:                         "2",
		`value.items + [1]`:                                            `[{"q":1},{"q":2},1]`,
		`{"q": 1} in value.items`:                                      "true",
		`value.map(k, k).join(",")`:                                    "a,items,f,big,min,z,t,e,1",
		`value["1"]`:                                                   "one",
		`value.a == {"s": "xé\n", "n": 1}`:                             "true",
		`{"n": 1.0, "s": "xé\n"} == value.a`:                           "true",
		`value.a == {"n": 1}`:                                          "false",
		`value.a == 1`:                                                 "false",
		`value.items == [{"q": 1}, {"q": 2}]`:                          "true",
		`type(value) == map`:                                           "true",
		`type(value.items) == list`:                                    "true",
		`(has(value.x) ? value.x : value.a).n`:                         "1",
		`value.items.sortBy(i, -i.q)[0].q`:                             "2",
		`headers == {"tenant": "acme"}`:                                "true",
		`headers.map(h, headers[h]).join()`:                            "acme",
		`type(headers) == map`:                                         "true",
		`headers.size()`:                                               "1",
		`json.encode(value.a)`:                                         `{"n":1,"s":"x\u00e9\n"}`,
		`json.encode([value.min, "é", 1.5])`:                           `[-9223372036854775808,"é",1.5]`,
		`[1, 1.0, 1u, "1", "1", [1], [1.0], null, null].distinct()`:    `[1,"1",[1],null]`,
		`[1].map(x, value.items + value.items)[0].size()`:              "4",
		`value.items.all(i, value.a.n <= i.q)`:                         "true",
		`[1,2,3,4,5,6,7,8,9].all(i, has(value.a.n) && value.a.n == 1)`: "true",
		// How results are written.
		`value.a.s`:                     "xé\n",
		`value.a`:                       `{"n":1,"s":"x\u00e9\n"}`,
		`value.items`:                   `[{"q":1},{"q":2}]`,
		`value.e`:                       `{}`,
		`value.f`:                       "1.5",
		`value.big`:                     "12345678901234567890",
		`1e21`:                          "1e+21",
		`0.000001`:                      "0.000001",
		`0.1 + 0.2`:                     "0.30000000000000004",
		`value.t`:                       "true",
		`1u`:                            "1",
		`b"hi"`:                         "aGk=",
		`duration("90s")`:               "90s",
		`duration("1500ms")`:            "1.5s",
		`{"p": [value.a.n, null, "x"]}`: `{"p":[1,null,"x"]}`,
		`null`:                          null,
		`""`:                            "",
		// The record.
		`headers.tenant + "/" + topic`: "acme/orders",
		`partition`:                    "3",
		`offset`:                       "42",
		`timestamp`:                    "2024-05-06T07:08:09Z",
		`timestamp.getFullYear()`:      "2024",
		`key`:                          "k-1",
		`correlation_id`:               "c-9",
		// Extensions.
		`base64.encode(b"hi")`:               "aGk=",
		`"a,b".split(",")[1].upperAscii()`:   "B",
		`math.greatest(1, value.items[1].q)`: "2",
		`"%s-%d".format([topic, partition])`: "orders-3",
	}
	ev := event(expressionValue)
	ev.CorrelationID = "c-9"
	if ev.Value.JSON == nil {
		t.Fatal("the value is no JSON")
	}
	for source, want := range cases {
		t.Run(source, func(t *testing.T) {
			e, err := Compile(source)
			if err != nil {
				t.Fatal(err)
			}
			got, ok, err := e.Eval(ev)
			if !ok {
				got += null
			}
			if err != nil || got != want {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
			if e.String() != source {
				t.Errorf("written as %q", e.String())
			}
		})
	}
}

func TestFailedExpressionNamesTheRemedy(t *testing.T) {
	ev := event(expressionValue)
	for source, want := range map[string]string{
		`value.x.size()`:           "size() does not take null; a field is absent",
		`value.x > 3`:              "> does not take null and an int; a field is absent",
		`value.a.s + 1`:            "+ does not take a text and an int; write string(…)",
		`value.a.n / 0`:            "division by zero",
		`int(value.a.s)`:           `"xé\n" is not a whole number; ask for it first`,
		`value.items[value.x]`:     "the key in [ ] has to be a text",
		`value.l.exists(x, x > 1)`: "ask for it first, as in value.items != null && value.items.exists(",
		`value.x.startsWith("a")`:  "ask for it first, as in value.total != null",
	} {
		e, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, ok, err := e.Eval(ev); ok || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v, %v; want an error of %q", source, got, ok, err, want)
		}
	}
}

func TestExpressionThatDoesNotCompileSaysWhy(t *testing.T) {
	for source, want := range map[string]string{
		``:                                    "the expression is empty",
		` `:                                   "the expression is empty",
		`vlaue.x`:                             `there is no name vlaue; did you mean "value"? (at character 1)`,
		`topic +`:                             "the expression ends too early; write what belongs behind the last sign",
		`topic == 1`:                          "== does not take a text and an int; write string(…) around the number, or int(…) around the text (at character 7)",
		`has(value)`:                          `has() takes a field; write has(value.customer), or "customer" in value (at character 5)`,
		`key == "a" and true`:                 "and cannot stand here; write && for and (at character 12)",
		`value.a = 1`:                         "= cannot stand here; write == to compare (at character 9)",
		`value.type == paid`:                  "there is no name paid; write text in quotes, as \"paid\", and a field as value.paid (at character 15)",
		`key == 'x`:                           "this text has no closing quote; end the text with the quote that it begins with (at character 8)",
		`key == 'x\q'`:                        `this text has a \ that means nothing; write \\ for a backslash`,
		`key "x"`:                             "a text cannot stand here; write a comma between two entries, and a sign such as + between two values (at character 5)",
		"true &&\n  vlaue.x":                  `did you mean "value"? (at line 2, character 3)`,
		`key == ` + strings.Repeat("x", 1000): "there is no name " + strings.Repeat("x", 100) + "…",
		`foo(1)`:                              "there is no function foo; docs/configuration.md#functions lists them",
		`key.matches("(")`:                    "the regular expression is wrong: a ) is missing: `(`, whatever the event; correct the constant (at character 12)",
		`key == "" || int("x") == 1`:          `"x" is not a whole number, whatever the event; correct the constant (at character 17)`,
		`int("x") == 1 || true`:               "whatever the event; correct the constant (at character 4)",
		`json.decode("{a").b == 1`:            `json.decode: the text is not a JSON document: 'a' cannot stand at byte 2, whatever the event; correct the constant (at character 12)`,
		`base64.decode("?") == b"x"`:          "illegal base64 data at input byte 0, whatever the event; correct the constant (at character 14)",
		"value.a\u00a0== 1":                   "a space here is of another kind, such as that of a web page; write a plain one (at character 8)",
		"value.a ==\u200b1":                   "a space here is of another kind, such as that of a web page; write a plain one (at character 11)",
		`1/0 == 1`:                            "division by zero, whatever the event; correct the constant (at character 2)",
		strings.Repeat("1+", 20_000) + "1":    "the expression has more than 10000 characters; split it",
		strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500): "the expression nests more than 100 levels; split it",
	} {
		if _, err := Compile(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v; want %q", source, err, want)
		}
	}
}

func TestExpressionReadsValuesThatAreNotJSONObjects(t *testing.T) {
	cases := []struct {
		name, source string
		value        codec.Value
		want         string
	}{
		{"text", `value`, codec.Value{Raw: []byte("<x/>")}, "<x/>"},
		{"no text", `value`, codec.Value{Raw: []byte{0xff, 0xfe}}, "//4="},
		{"bytes", `value`, codec.Value{Raw: []byte("hi"), Binary: true}, "aGk="},
		{"empty", `value == ""`, codec.Value{Raw: []byte{}}, "true"},
		{"none", `value == null`, codec.Value{}, "true"},
		{"a field of text", `value.x == null`, codec.Value{Raw: []byte("<x/>")}, "true"},
		{"a JSON scalar", `value + 1`, codec.Value{JSON: []byte(" 41 ")}, "42"},
		{"a JSON string", `value`, codec.Value{JSON: []byte(`"a\"b"`)}, `a"b`},
		{"a JSON array", `value[1]`, codec.Value{JSON: []byte(`[1, 2 ]`)}, "2"},
	}
	for _, c := range cases {
		e, err := Compile(c.source)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := e.Eval(&Event{Record: &kgo.Record{}, Value: c.value})
		if got != c.want || !ok || err != nil {
			t.Errorf("%s: %q, %v, %v; want %q", c.name, got, ok, err, c.want)
		}
	}
}

func TestInvalidUTF8InKeyAndHeadersIsReplaced(t *testing.T) {
	e, err := Compile(`[key, headers.h, string(headers.none == null)].join("|")`)
	if err != nil {
		t.Fatal(err)
	}
	ev := &Event{Record: &kgo.Record{Key: []byte("a\xffb"), Headers: []kgo.RecordHeader{
		{Key: "h", Value: []byte("first")}, {Key: "h", Value: []byte("\xfe")}, {Key: "none"},
	}}}
	if got, _, err := e.Eval(ev); got != "a\uFFFDb|\uFFFD|true" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A pattern out of an event is looked at before it is compiled: a class takes kilobytes for a few characters.
func TestCostlyPatternOfAnEventIsRefused(t *testing.T) {
	t.Parallel()
	e, err := Compile(`"x".matches(value.p)`)
	if err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]string{
		strings.Repeat(`\\pL`, 300):       "",
		strings.Repeat(`\\pL`, 400):       "has more than 1000 bytes",
		strings.Repeat(`a{1000}`, 2):      "takes more than 1000 instructions",
		strings.Repeat(`(?:ab|c){90}`, 9): "takes more than 1000 instructions",
	} {
		_, _, err := e.Eval(event(`{"p":"` + pattern + `"}`))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.30s…: %v, want %q", pattern, err, want)
		}
	}
}

// What a failure says is of the event at hand, whatever the one before was.
func TestFailureTellsOfTheEventAtHand(t *testing.T) {
	c, err := CompileCondition(`value.total > 1`)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ value, want string }{
		{`{}`, "> does not take null and an int;"},
		{`{}`, "> does not take null and an int;"},
		{`{"total":"5"}`, "> does not take a text and an int;"},
		{`{"total":true}`, "> does not take true or false and an int;"},
		{`{}`, "> does not take null and an int;"},
	} {
		if _, err := c.Holds(NewVariables(event(row.value))); err == nil || !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("%s: %v; want %q", row.value, err, row.want)
		}
	}
}
