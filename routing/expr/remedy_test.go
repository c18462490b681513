package expr

import (
	"regexp"
	"strings"
	"testing"
)

func TestMistakesInExpressionsNameTheRemedy(t *testing.T) {
	const (
		escape = `; write \\ for a backslash, or put r before the quote, as in r"\d+"`
		minus  = " for a field of this name, and a difference with spaces around the -"
	)
	for source, want := range map[string]string{
		`value.a.matches("\d+")`:                        escape + " (at character 17)",
		`key.matches('^\w+@')`:                          escape,
		`key == 'it\q'`:                                 escape,
		`key == "C:\temp\x"`:                            escape,
		`key == "` + strings.Repeat("x", 200) + `\d"`:   escape,
		`key == "a\tb`:                                  "; end the text with the quote that it begins with",
		`value.order-id == 1`:                           `; write value["order-id"]` + minus + " (at character 13)",
		`true && headers.x-request-id == "a"`:           `; write headers["x-request-id"]` + minus,
		`headers.content-type == "x"`:                   `; write headers["content-type"]` + minus,
		`value.a.content-type.matches("x")`:             `; write value.a["content-type"]` + minus,
		"value.x &&\n value.logged-in":                  `; write value["logged-in"]` + minus + " (at line 2, character 15)",
		`value.l.exists(x, x.a-b == 1)`:                 `; write x["a-b"]` + minus,
		`has(value.order-id)`:                           "; write has(value.`order-id`)",
		`value.total - limit > 0`:                       `; write text in quotes, as "limit", and a field as value.limit`,
		`value.in == 1`:                                 `; write a field of this name in brackets, as in value["in"]`,
		`value.true == 1`:                               `; write a field of this name in brackets, as in value["true"]`,
		`not value.a`:                                   "; write ! for not",
		`value.a not in [1]`:                            "; write ! for not, as in !(value.field in [1, 2])",
		`value.a IN [1]`:                                "; write in in small letters",
		`(value.a and value.b)`:                         "; write && for and",
		`value.a =~ "x"`:                                `; write value.name.matches(r"^a")`,
		`len(value.a) > 1`:                              "; write size() for the length, as in value.name.size()",
		`value.a.length() > 1`:                          "; write size() for the length, as in value.name.size()",
		`value.a == nil`:                                "; write null",
		`value.a == True`:                               "; write true",
		`value.a.split(",").foo() && value.foo == nope`: "; docs/configuration.md#functions lists them",
	} {
		_, err := Compile(source)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "; ") != 1 {
			t.Errorf("%s: %v; want %q, and no more", source, err, want)
		}
	}
}

func TestExpressionThatIsNoUTF8DoesNotCompile(t *testing.T) {
	if _, err := Compile("aa .\xa9"); err == nil {
		t.Error("the expression compiles")
	}
}

// obeyed are slips, what the message about them says to write, and that written into the expression. Where
// the slip compiles, it fails on the event; the other never does.
var obeyed = []struct{ slip, remedy, instead string }{
	// What other languages write.
	{`value.?a.orValue(1)`, `a dot alone, as in value.customer.id`, `value.a`},
	{`value.a.orValue(1)`, `value.field != null ? value.field : 0`, `value.a != null ? value.a : 1`},
	{`optional.of(value.a)`, `value.field != null ? value.field : 0`, `value.a != null ? value.a : 1`},
	{`value[?"a"]`, `[ alone, as in value["name"]`, `value["a"]`},
	{`value.a?.b`, `a dot alone`, `value.a.b`},
	{`value.a ?? 1`, `value.field != null ? value.field : 0`, `value.a != null ? value.a : 1`},
	{`json.parse(value.json)`, `json.decode(), as in json.decode(value.payload).id`, `json.decode(value.json).a`},
	{`JSON.parse(value.json)`, `json.decode(`, `json.decode(value.json)`},
	{`value.items.exists(i -> i.q > 1)`, `value.items.exists(i, i.qty > 1)`, `value.items.exists(i, i.q > 1)`},
	{`value.items.exists(i => i.q > 1)`, `value.items.exists(i, i.qty > 1)`, `value.items.exists(i, i.q > 1)`},
	{`value.items.exists((i) => i.q > 1)`, `value.items.exists(i, i.qty > 1)`, `value.items.exists(i, i.q > 1)`},
	{`value.items.some(i, i.q > 1)`, `value.items.exists(i, i.qty > 1)`, `value.items.exists(i, i.q > 1)`},
	{`value.items.find(i, i.q > 1)`, `value.items.filter(i, i.qty > 1)[0]`, `value.items.filter(i, i.q > 1)[0]`},
	{`value.items[*].q == 1`, `value.items.exists(i, i.qty > 1)`, `value.items.exists(i, i.q == 1)`},
	{`value.items[0:1]`, `value.items.slice(0, 2)`, `value.items.slice(0, 1)`},
	{`value.n >> 1`, `math.bitShiftRight(value.n, 1)`, `math.bitShiftRight(value.n, 1)`},
	{`value.n << 1`, `math.bitShiftLeft(value.n, 1)`, `math.bitShiftLeft(value.n, 1)`},
	{`value.n ** 2`, `value.n * value.n`, `value.n * value.n`},
	{`value.n ^ 2`, `math.bitXor(a, b)`, `math.bitXor(value.n, 2)`},
	{`value.n <> 1`, `!= for unequal`, `value.n != 1`},
	{`value.n === 1`, `== to compare`, `value.n == 1`},
	{`value.n !== 1`, `!= for unequal`, `value.n != 1`},
	{`value.n => 1`, `>= for at least`, `value.n >= 1`},
	{`value->n`, `a dot before a field`, `value.n`},
	{`${value.n}`, `the name alone`, `value.n`},
	{`{{ value.n }}`, `without { } around it`, `value.n`},
	{`value.s contains "x"`, `value.name.contains("a")`, `value.s.contains("x")`},
	{`value.n between 1 and 2`, `value.total >= 1 && value.total <= 2`, `value.n >= 1 && value.n <= 2`},
	{`value.n in (1, 2)`, `value.field in [1, 2]`, `value.n in [1, 2]`},
	{`value.n is not null`, `!= for is not`, `value.n != null`},
	{`if value.ok then 1 else 2`, `value.total > 1 ? "a" : "b"`, `value.ok ? 1 : 2`},
	{`value.ok ? 1`, `a colon and what holds otherwise`, `value.ok ? 1 : 2`},
	{`f"{value.n}"`, `"%s-%s".format([value.type, topic])`, `"%s".format([value.n])`},
	{`value.s == 'it's'`, `double quotes`, `value.s == "it's"`},
	{`"a" "b"`, `+ to join texts`, `"a" + "b"`},
	{`value."a b"`, `value["name"]`, `value["a b"]`},
	{`value.1st`, `value["1st"]`, `value["1st"]`},
	{`value.[0]`, `without the dot`, `value[0]`},
	{`/shop`, `write text in quotes of its own, as in '"/shop"'`, `"/shop"`},
	{`gold`, `write text in quotes of its own, as in '"gold"', and a field as value.gold`, `"gold"`},
	{`New order`, `as in '"New order"', and a field as value["New order"]`, `"New order"`},
	{`in stock`, `text in quotes of its own, as in '"in stock"'`, `"in stock"`},
	{`C#`, `text in quotes of its own, as in '"C#"'`, `"C#"`},
	{`value.s == C#`, `text in quotes, as in "C#"`, `value.s == "C#"`},
	{`value.s in [C#, Java]`, `text in quotes, as in "C#"`, `value.s in ["C#", "Java"]`},
	{`value.s == "C#" # a remark`, `// before a remark`, `value.s == "C#" // a remark`},
	{`value.s == 10:30`, `a time in quotes, as in "10:30"`, `value.s == "10:30"`},
	{`value.s < 10:30:15`, `a time in quotes, as in "10:30"`, `value.s < "10:30:15"`},
	{`in [1, 2]`, `value.field in [1, 2]`, `value.n in [1, 2]`},
	{`value.n in in [1]`, `value.field in [1, 2]`, `value.n in [1]`},
	{`value.s.matches("\\1")`, "RE2 has no escape `\\1`, whatever the event; RE2 refers to no groups", `value.s.matches("a")`},
	{`value.s.matches(r"\Z")`, "RE2 has no escape `\\Z`", `value.s.matches(r"\z")`},
	{`order-id`, `as in '"order-id"', and a field as value["order-id"]`, `value["order-id"]`},
	{`value.s.matches("^(?!te)")`, `RE2 looks neither ahead nor back`, `!value.s.matches("^te")`},
	{`value.s.matches(/x/)`, `value.name.matches(r"^a")`, `value.s.matches(r"x")`},
	{`event.n`, `value.n`, `value.n`},
	{`shcema.name == "x"`, `did you mean "schema"?`, `schema.name == "x"`},
	{`record.value.n`, `write value.n`, `value.n`},
	{`order.n`, `value.order.n`, `value.order.n`},
	{`round(value.total)`, `math.round(value.total)`, `math.round(value.total)`},
	{`math.max(1, 2)`, `math.greatest(value.a, value.b)`, `math.greatest(1, 2)`},
	{`value.tags.includes("a")`, `"a" in value.tags`, `"a" in value.tags`},
	{`value.tags.containsAll(["a"])`, `value.tags.hasAll(["a", "b"])`, `value.tags.hasAll(["a"])`},
	{`has(value["n"])`, `"customer" in value`, `"n" in value`},
	{`value.n.toString()`, `string(value.total)`, `string(value.n)`},
	{`startsWith(value.s, "t")`, `value.field.startsWith(…)`, `value.s.startsWith("t")`},
	{`value.n.type()`, `type(value.field)`, `type(value.n) == int`},
	// Numbers.
	{`value.big == 12345678901234567890`, `12345678901234567890u`, `value.big == 12345678901234567890u`},
	{`value.big == 99999999999999999999999`, `string(value.field) == "99999999999999999999999"`, `string(value.big) == "99999999999999999999999"`},
	{`value.n > 1_000`, `as in 1000 or 0.5`, `value.n > 1000`},
	{`value.n > 1,000`, `as in 1000 or 0.5`, `value.n > 1000`},
	{`5. + value.n`, `as in 5.0`, `5.0 + value.n`},
	{`1 / 2.0`, `double(…) around the whole number`, `double(1) / 2.0`},
	// Types.
	{`"EUR " + value.total`, `string(…) around what is not text`, `"EUR " + string(value.total)`},
	{`value.total - "1"`, `double(…) around the text`, `value.total - double("1")`},
	{`value.num > 3`, `double(…) around the text`, `double(value.num) > 3`},
	{`topic == 1`, `string(…) around the number`, `topic == string(1)`},
	{`timestamp > "2024-01-01"`, `timestamp(…) around the text`, `timestamp > timestamp("2024-01-01T00:00:00Z")`},
	{`timestamp("2024-01-01")`, `"2024-01-01T00:00:00Z"`, `timestamp("2024-01-01T00:00:00Z")`},
	{`timestamp > value.created`, `timestamp(…) around the text`, `timestamp > timestamp(value.created)`},
	{`timestamp > value.ms`, `timestamp(value.field / 1000)`, `timestamp > timestamp(value.ms / 1000)`},
	{`timestamp(value.ms)`, `timestamp(value.created / 1000)`, `timestamp(value.ms / 1000)`},
	{`timestamp + 60`, `duration("60s")`, `timestamp + duration("60s")`},
	{`timestamp + value.n`, `duration(string(value.seconds) + "s")`, `timestamp + duration(string(value.n) + "s")`},
	{`duration("1d")`, `write "24h"`, `duration("24h")`},
	{`duration("2 weeks")`, `write "336h"`, `duration("336h")`},
	{`value.created.getFullYear()`, `timestamp(value.created).getFullYear()`, `timestamp(value.created).getFullYear()`},
	{`type(value.n) == "int"`, `without quotes`, `type(value.n) == int`},
	{`value.tags.contains("a")`, `"a" in value.tags`, `"a" in value.tags`},
	{`value.s in "text"`, `value.name.contains("x")`, `"text".contains(value.s)`},
	{`value.tags + "c"`, `[ ] around what is added`, `value.tags + ["c"]`},
	{`value.s.contains(value.n)`, `string(…) around what is not text`, `value.s.contains(string(value.n))`},
	{`base64.encode(value.s)`, `base64.encode(bytes(value.name))`, `base64.encode(bytes(value.s))`},
	{`string(value.items)`, `json.encode(…)`, `json.encode(value.items)`},
	{`[1].map(x, value.n).join(",")`, `value.field.map(x, string(x)).join(",")`, `[1].map(x, value.n).map(x, string(x)).join(",")`},
	{`value.n.size()`, `size(string(value.field))`, `size(string(value.n))`},
	{`"%s".format(value.s)`, `"%s-%s".format([value.type, topic])`, `"%s".format([value.s])`},
	{`value.ok ? "a" : 1`, `string(…) around what is not text`, `value.ok ? "a" : string(1)`},
	{`value.ok ? "a" : null`, `dyn(…) around one of them`, `value.ok ? dyn("a") : null`},
	{`value.n && true`, `value.paid == true`, `value.n == 100 && true`},
	{`1 < value.n < 3`, `value.total > 1 && value.total < 3`, `1 < value.n && value.n < 3`},
	{`int(value.float)`, `int(double(…))`, `int(double(value.float))`},
	{`value.absent > 1`, `value.total != null && value.total > 1`, `value.absent != null && value.absent > 1`},
	{`"a" + value.absent`, `(value.total != null ? value.total : 0)`, `"a" + (value.absent != null ? value.absent : "")`},
	{`value.items.sort()`, `value.items.sortBy(i, i.qty)`, `value.items.sortBy(i, i.q)`},
	{`value.s.replace("a")`, `text.replace(text, text)`, `value.s.replace("a", "b")`},
	{`value.items[?(@.q > 1)]`, `value.items.exists(i, i.qty > 1)`, `value.items.exists(i, i.q > 1)`},
	{`value.items.exists(i.q, i.q > 1)`, `value.items.exists(i, i.qty > 1)`, `value.items.exists(i, i.q > 1)`},
	{`value.n ≥ 1`, `>= for at least`, `value.n >= 1`},
	{`value.n ! = 1`, `!= for unequal`, `value.n != 1`},
	{`value.n == -9223372036854775809`, `string(value.field) == "-9223372036854775809"`, `string(value.n) == "-9223372036854775809"`},
	{`value.n == - 9223372036854775809`, `-9223372036854775809 is beyond the ints, which begin at -9223372036854775808; compare its text, as in string(value.field) == "-9223372036854775809"`, `string(value.n) == "-9223372036854775809"`},
	{`value.n == 0xFFFFFFFFFFFFFFFF`, `write u behind it, 0xFFFFFFFFFFFFFFFFu`, `value.n == 0xFFFFFFFFFFFFFFFFu`},
	{`value.n == 0xFFFFFFFFFFFFFFFFF`, `0xFFFFFFFFFFFFFFFFF is beyond the ints, which end at 9223372036854775807; compare its text, as in string(value.field) == "295147905179352825855"`, `string(value.n) == "295147905179352825855"`},
	{`value.n == -0x8000000000000001`, `string(value.field) == "-9223372036854775809"`, `string(value.n) == "-9223372036854775809"`},
	{`value.n == 18446744073709551616u`, `is beyond the uints, which end at 18446744073709551615; compare its text`, `string(value.n) == "18446744073709551616"`},
	{`value.n == 0x10000000000000000u`, `string(value.field) == "18446744073709551616"`, `string(value.n) == "18446744073709551616"`},
	{`value.n < 1.5e309`, `write a smaller one`, `value.n < 1.5e308`},
	{`value.n > -5u`, `int(…) around the uint`, `value.n > -int(5u)`},
	{`int(value.long)`, `double(…) for a number of this size`, `double(value.long)`},
	{`uint(value.below)`, `int(…) for a number below 0`, `int(value.below)`},
	{`int(value.big)`, `write double(…)`, `double(value.big)`},
	{`int(value.s)`, `value.field.matches("^-?[0-9]{1,18}$")`, `value.s.matches("^-?[0-9]{1,18}$") ? int(value.s) : 0`},
	{`int(value.long + "e5")`, `double(…)`, `double(value.long + "e5")`},
	{`double(value.s)`, `value.field.matches("^-?[0-9]{1,9}([.][0-9]{1,9})?$")`, `value.s.matches("^-?[0-9]{1,9}([.][0-9]{1,9})?$") ? double(value.s) : 0.0`},
	{`value.n in [1..3]`, `value.total >= 1 && value.total <= 3`, `value.n >= 1 && value.n <= 3`},
	{`{"id" => value.n}`, `{"id": value.id}`, `{"id": value.n}`},
	{`{"id": value.n "t": topic}`, `a comma between two entries`, `{"id": value.n, "t": topic}`},
	{`SELECT value.n`, `the expression alone`, `value.n`},
	{`value.n || "x"`, `value.status == "paid"`, `value.n == 1 || value.s == "x"`},
	{`partition == null`, `leave the comparison out`, `true`},
	{`value.items[value.s]`, `value.items[int(value.first)]`, `value.items[int(value.num)]`},
	{`math.greatest(value.items)`, `value.items.map(i, i.qty)`, `math.greatest(value.items.map(i, i.q))`},
	{`{"a": 1} + value`, `write the fields`, `{"a": 1, "b": value}`},
	{`"%.2f".format([value.num])`, `"%.2f".format([double(value.total)])`, `"%.2f".format([double(value.num)])`},
	{`value.total.toFixed(2)`, `"%.2f".format([double(value.total)])`, `"%.2f".format([double(value.total)])`},
	{`"%x".format([value.total])`, `%x takes an int, a text or bytes; write %s`, `"%s".format([value.total])`},
	{`"%b".format([value.s])`, `write %s`, `"%s".format([value.s])`},
	{`"%o".format(["x"])`, `write %s`, `"%s".format(["x"])`},
	{`"%q".format([topic])`, `write %s for a value`, `"%s".format([topic])`},
	{`"%s".format([topic, key])`, `a %s in the text for each value`, `"%s%s".format([topic, key])`},
	{`"%s %s %s".format(value.tags)`, `a value in the list for each %`, `"%s %s".format(value.tags)`},
	{`"5%".format([])`, `%% for the sign itself`, `"5%%".format([])`},
	{`value.s.substring(2, 1)`, `the lower index first, as in value.name.substring(0, 2)`, `value.s.substring(1, 2)`},
	{`value.tags.flatten(-1)`, `0 or more`, `value.tags.flatten(1)`},
	{`math.bitShiftLeft(value.n, -1)`, `0 or more`, `math.bitShiftLeft(value.n, 1)`},
	{`date(value.created)`, `timestamp(), as in timestamp(value.created)`, `timestamp(value.created)`},
	{`timestamp > now`, `write timestamp, which is the record's time; expressions have no clock`, `timestamp`},
	{`Date.now()`, `expressions have no clock`, `timestamp`},
	{`value["a"]?["b"]`, `[ alone, as in value["name"]`, `value["a"]["b"]`},
	{`value["a"]?.["b"]`, `[ alone, as in value["name"]`, `value["a"]["b"]`},
	{`value.a?["b"] == 1 ? "x" : "y"`, `[ alone, as in value["name"]`, `value.a["b"] == 1 ? "x" : "y"`},
	{`value.s.in(["text"])`, `in between the two, as in value.field in [1, 2]`, `value.s in ["text"]`},
	{`in(value.s, ["text"])`, `in between the two`, `value.s in ["text"]`},
	{`value.s.isIn(["text"])`, `in between the two`, `value.s in ["text"]`},
	{`value.s.notIn(["text"])`, `!(value.field in [1, 2])`, `!(value.s in ["text"])`},
	{`5 % 2.0`, `int(…) around the double`, `5 % int(2.0)`},
	{`value.n % "3"`, `int(…) around the text`, `value.n % int("3")`},
	{`headers[1]`, `the name of a field in quotes, as in headers["name"]`, `headers["name"]`},
	{`headers[null]`, `headers["name"]`, `headers["name"]`},
	{`value.a[null]`, `as in value["name"] or value.items[0] (at character 8)`, `value["name"]`},
	{`[topic]["a"]`, `value.items[0]`, `[topic][0]`},
	{`topic[0]`, `value.name.charAt(0)`, `topic.charAt(0)`},
	{`1 in ["a"]`, `string(value.id) in ["1", "2"]`, `string(1) in ["a"]`},
	{`value.ok * 2`, `(value.paid ? 1 : 0) for a number`, `(value.ok ? 1 : 0) * 2`},
	{`timestamp * 2`, `int(…) around the timestamp`, `int(timestamp) * 2`},
	{`duration("1m") * 2`, `the duration's getSeconds()`, `duration("1m").getSeconds() * 2`},
	{`[1] + ["a"]`, `dyn(…) around each list`, `dyn([1]) + dyn(["a"])`},
	{`Order{id: value.n}`, `a mapping without a name before it, as in {"id": value.id}`, `{"id": value.n}`},
	{`value.a{id: value.n}`, `a mapping without a name before it`, `{"id": value.n}`},
	{`timestamp > 2026-01-01`, `write timestamp("2026-01-01T00:00:00Z") for the time, or "2026-01-01" for a text`, `timestamp > timestamp("2026-01-01T00:00:00Z")`},
	{`value.a == r"x\" && timestamp > 2026-01-01 && key == "b"`, `write timestamp("2026-01-01T00:00:00Z") for the time`, `value.a == r"x\" && timestamp > timestamp("2026-01-01T00:00:00Z") && key == "b"`},
	{`2026-01-01T10:00:00Z < timestamp`, `write timestamp("2026-01-01T10:00:00Z") for the time`, `timestamp("2026-01-01T10:00:00Z") < timestamp`},
	{`value.größe == 1`, `letters beyond a to z in brackets, as in value["größe"]`, `value["größe"] == 1`},
	{`value.created = 2026-01-01`, `== to compare`, `value.created == "2026-01-01"`},
	{`5 -`, `what belongs behind the last sign`, `5 - 1`},
	{`"%s %s".format([topic])`, `a value in the list for each %`, `"%s %s".format([topic, key])`},
}

func TestRemediesWorkWhenObeyed(t *testing.T) {
	ev := event(`{"total":1234567.89,"n":100,"s":"text","num":"12","float":"1.5","created":"2024-01-01T00:00:00Z","ok":true,
		"items":[{"q":1},{"q":2}],"tags":["a","b"],"big":12345678901234567890,"long":"99999999999999999999","below":"-5","json":"{\"a\":[1,2.50]}","ms":1700000000000}`)
	for _, c := range obeyed {
		e, err := Compile(c.slip)
		if err == nil {
			_, _, err = e.Eval(ev)
		}
		if err == nil || !strings.Contains(err.Error(), c.remedy) {
			t.Errorf("%s: %v; want %q", c.slip, err, c.remedy)
		} else if cel := foreignWords.FindString(err.Error()); cel != "" {
			t.Errorf("%s: %v: says %q, which is no word of ours", c.slip, err, cel)
		}
		e, err = Compile(c.instead)
		if err == nil {
			_, _, err = e.Eval(ev)
		}
		if err != nil {
			t.Errorf("%s, instead of %s: %v", c.instead, c.slip, err)
		}
	}
}

// A text that lacks its quotes, and what is to be written for it; that gives it as it stands.
func TestTextWithoutQuotesIsToldToQuote(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1.2.3", "192.168.0.1", "10:30", "2026-01-01T10:00:00Z", "2026-01-01 10:00", "1.2-3", "+49 170 12345", "#5", "50%",
		"99999999999999999999", "order-2026", "1.2.3-beta", "user@shop.example", "arn:aws:x:1", "4th of July", "5 EUR", "/v1/orders", "gold", "yes",
		"(555) 123-4567", "$12", "€ 5", "1,000", "eu,us", "2026-01-01T10:00:00+02:00", "größe", "Größe M"} {
		_, err := Compile(text)
		instead := `"` + text + `"`
		if err == nil || !strings.Contains(err.Error(), "write text in quotes of its own, as in '"+instead+"'") {
			t.Errorf("%s: %v", text, err)
		}
		e, err := Compile(instead)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok, err := e.Eval(event(`{}`)); got != text || !ok || err != nil {
			t.Errorf("%s gives %q, %v", instead, got, err)
		}
	}
	for _, sum := range []string{"a - 5", "5 / a", "value.a-5", "5 - 3.0"} {
		if _, err := Compile(sum); err != nil && strings.Contains(err.Error(), "of its own") {
			t.Errorf("%s: %v", sum, err)
		}
	}
}

// Where true or false is wanted, a text is compared.
func TestTextAsConditionIsToldToCompare(t *testing.T) {
	t.Parallel()
	for source, instead := range map[string]string{
		"yes": "true", "On": "true", "no": "false", "TRUE": "true", "False": "false",
		"gold": `value.field == "gold"`, "1.2.3": `value.field == "1.2.3"`, "New order": `value.field == "New order"`,
	} {
		_, err := CompileCondition(source)
		if err == nil || !strings.Contains(err.Error(), " "+instead+" (at") {
			t.Errorf("%s: %v, want %s", source, err, instead)
		}
		if _, err := CompileCondition(instead); err != nil {
			t.Errorf("%s: %v", instead, err)
		}
	}
}

// foreignWords are CEL's and its parser's.
var foreignWords = regexp.MustCompile(`overload|undeclared|token|input|Syntax error|enable with|@|_[-+*/=<>%]+_|google|null_type|conversion error`)

// What is wrong with a regular expression is said without the words of its library.
func TestBadRegularExpressionIsToldWithoutLibraryWords(t *testing.T) {
	t.Parallel()
	library := regexp.MustCompile(`Perl|invalid (?:nested|repeat|named|character)|operator|argument|missing closing|unexpected|at end of expression`)
	for _, pattern := range []string{"(", "[", ")", "a**", "a++", "*a", "a{1001}", "a{3,2}", "(?<=a)b", "(?!a)", "(?>a)", "[z-a]", `\\pY`, `\\p{Foo}`, `a\\`, strings.Repeat("(", 1500), "(?P<n"} {
		_, err := Compile(`value.s.matches("` + pattern + `")`)
		if err == nil || library.MatchString(err.Error()) {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}
