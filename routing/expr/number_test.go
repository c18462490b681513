package expr

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
)

const numbersValue = `{"big":12345678901234567890,"next":12345678901234567891,"fine":0.10000000000000000555,"huge":1e400,"tiny":1e-400,
	"n":100,"f":0.5,"even":9007199254740992.0,"odd":9007199254740993,"oddDouble":9007199254740993.0,"most":9223372036854775807,"beyond":9223372036854775808,"l":[12345678901234567890,2.0,0.10000000000000000555,1e3]}`

func TestNumbersArePassedOnAsWritten(t *testing.T) {
	ev := event(numbersValue)
	for source, want := range map[string]string{
		`value.big`:                             "12345678901234567890",
		`value.huge`:                            "1e400",
		`value.tiny`:                            "1e-400",
		`value.fine`:                            "0.10000000000000000555",
		`string(value.next)`:                    "12345678901234567891",
		`"a-" + string(value.big)`:              "a-12345678901234567890",
		`dyn(value.big)`:                        "12345678901234567890",
		`value.l[0]`:                            "12345678901234567890",
		`value.n > 1 ? value.big : null`:        "12345678901234567890",
		`[value.big, value.f]`:                  "[12345678901234567890,0.5]",
		`{"l": [value.big], "h": value.huge}`:   `{"h":1e400,"l":[12345678901234567890]}`,
		`value.l.map(x, x)`:                     "[12345678901234567890,2,0.10000000000000000555,1000]",
		`value.l.filter(x, x > 5)`:              "[12345678901234567890,1000]",
		`(value.l + [value.next]).reverse()[0]`: "12345678901234567891",
		`json.encode([value.big])`:              "[12345678901234567890]",
		`value.l.sortBy(x, x)[3]`:               "12345678901234567890",
		// To functions they are the nearest double.
		`value.big + 0.0`:                                "12345678901234567000",
		`value.big > value.n && -value.big < 0`:          "true",
		`math.greatest(value.l) > 1e19`:                  "true",
		`value.l.sort()[0] == 0.1`:                       "true",
		`"%.1f".format([value.fine])`:                    "0.1",
		`math.ceil(value.fine) + math.round(value.tiny)`: "1",
		`type(value.big) == double`:                      "true",
		// Among each other all their digits tell them apart.
		`value.big == value.next`:                              "false",
		`value.big == value.big && value.big != value.next`:    "true",
		`value.big == 12345678901234567890u`:                   "true",
		`12345678901234567890u == value.big`:                   "true",
		`0.1 == value.fine && value.fine == 0.1`:               "true",
		`0.1 in value.l && value.big in value.l`:               "true",
		`value.next in value.l`:                                "false",
		`value.fine in [0.1, 0.2]`:                             "true",
		`value.l == [12345678901234567890u, 2, 0.1, 1000]`:     "true",
		`[12345678901234567890u, 2, 0.1, 1000] == value.l`:     "true",
		`{"a": value.big} == {"a": value.next}`:                "false",
		`{"a": 0.1} == {"a": value.fine}`:                      "true",
		`[value.big, value.next, value.big].distinct().size()`: "2",
		`value == value && value.l != [1]`:                     "true",
		// And from whole ones.
		`value.big == 12345678901234567891u || 12345678901234567891u == value.big`:            "false",
		`value.even == value.odd || value.odd == value.even`:                                  "false",
		`9007199254740992 == value.oddDouble || value.oddDouble in [9007199254740992]`:        "false",
		`value.odd == value.oddDouble && value.oddDouble == value.odd`:                        "true",
		`[value.even].hasOnly([value.odd]) || [value.odd].hasExactly([value.even])`:           "false",
		`[1, 2].hasAll([2, 1.0]) && [1].hasOnly([2, 1]) && [1, 1].hasExactly([1])`:            "true",
		`[1, 2].hasAll([3]) || [1, 3].hasOnly([1, 2]) || [].hasAny([]) || [1].hasExactly([])`: "false",
		`value.beyond == value.most || value.most == value.beyond`:                            "false",
		`[value.even].hasAny([value.odd]) || [value.odd].hasAll([value.even])`:                "false",
		`value.n == 100.0 && 100.0 == value.n && value.n in [1.5, 100.0]`:                     "true",
		`value.n == 100.5 || value.n == -100.0 || value.f == 0`:                               "false",
	} {
		e, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, _, err := e.Eval(ev); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", source, got, err, want)
		}
		if c, _, err := e.Content(ev); err != nil || string(c.Data) != want {
			t.Errorf("%s: the content is %q, %v, want %q", source, c.Data, err, want)
		}
	}
}

func TestNumberHasOneTextWhateverWritesIt(t *testing.T) {
	for number, want := range map[string]string{
		"1234567.89": "1234567.89", "100.0": "100", "1e6": "1000000", "1.5e7": "15000000", "12345678901234567890": "12345678901234567890",
		"1e21": "1e+21", "1e-7": "1e-07", "0.000001": "0.000001", "-0.1": "-0.1", "7": "7", "9007199254740993": "9007199254740993",
	} {
		ev := event(`{"n":` + number + `,"l":[` + number + `]}`)
		for _, source := range []string{
			`value.n`, `string(value.n)`, `"" + string(value.n)`, `"%s".format([value.n])`, `dyn(value.n)`,
			`value.l.map(x, string(x)).join(",")`, `value.l.map(x, "%s".format([x]))[0]`,
		} {
			e, err := Compile(source)
			if err != nil {
				t.Fatal(err)
			}
			if got, _, err := e.Eval(ev); err != nil || got != want {
				t.Errorf("%s of %s: %q, %v; want %q", source, number, got, err, want)
			}
		}
	}
	for source, want := range map[string]string{
		`string(1234567.89) + string(1e21)`:                             "1234567.891e+21",
		`"%% %.1f %d %s %s".format([value.n, value.n, value, value.l])`: `% 2500000.2 2500000.25 {l: [1e+21, x], n: 2500000.25} [1e+21, x]`,
		`"%s%d".format([value.l[0], 3])`:                                "1e+213",
	} {
		e, err := Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := e.Eval(event(`{"n":2500000.25,"l":[1e21,"x"]}`)); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", source, got, err, want)
		}
	}
}

// Of two numbers that can be told apart one is less, and equal ones are neither less nor greater.
func TestNumbersCompareExactly(t *testing.T) {
	numbers := []string{"-1e401", "-1e400", "-9223372036854775809", "-9223372036854775808", "-9223372036854775808.0", "-1.5", "-1", "-1e-400", "0", "0e9999999999", "1e-401", "1e-400",
		"1", "1.00000000000000000000001", "1.5", "9007199254740991", "9007199254740992", "9007199254740992.0", "9007199254740993", "9007199254740993.5", "9007199254740994",
		"72057594037927950", "72057594037927950.0", "72057594037927952",
		"9223372036854775806", "9223372036854775807", "9223372036854775808", "12345678901234567000", "12345678901234567168", "12345678901234567889.5", "12345678901234567890", "1e400", "10e399", "1e401"}
	e, err := Compile(`[value.a < value.b, value.a <= value.b, value.a == value.b, value.a >= value.b, value.a > value.b, value.a in [value.b], value.a != value.b]`)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range numbers {
		for _, b := range numbers {
			x, _ := new(big.Rat).SetString(strings.Replace(a, "e9999999999", "", 1))
			y, _ := new(big.Rat).SetString(strings.Replace(b, "e9999999999", "", 1))
			c := x.Cmp(y)
			want := fmt.Sprintf("[%t,%t,%t,%t,%t,%t,%t]", c < 0, c <= 0, c == 0, c >= 0, c > 0, c == 0, c != 0)
			if got, _, err := e.Eval(event(`{"a":` + a + `,"b":` + b + `}`)); err != nil || got != want {
				t.Errorf("%s and %s: got %s, %v, want %s", a, b, got, err, want)
			}
		}
	}
}

// Numbers as keys are those of the mapping's own kinds.
func TestNumbersAreKeysOfTheirKind(t *testing.T) {
	ev := event(numbersValue)
	for source, want := range map[string]string{
		`value.big in {12345678901234567890u: 1}`:     "true",
		`value.next in {12345678901234567890u: 1}`:    "false",
		`value.big in {"a": 1} || value.big in value`: "false",
		`value.n in {100: 1} && value.n in {100u: 1}`: "true",
		`{value.n: 1, value.f: 2}[value.f]`:           "2",
		`{value.big: 1}.size()`:                       "!a number of more digits than a double has cannot be a key; make it a text with string()",
		`{"a": 1}[value.big]`:                         "!the key in [ ] has to be a text, a number of at most 64 bits, true or false",
		`value[value.l]`:                              "!the key in [ ] has to be a text, a number of at most 64 bits, true or false",
	} {
		evaluates(t, source, ev, want)
	}
}

// evaluates holds an expression to what it gives; behind a "!", to a part of its problem.
func evaluates(t *testing.T, source string, ev *Event, want string) {
	t.Helper()
	e, err := Compile(source)
	if err != nil {
		t.Errorf("%s: %v", source, err)
		return
	}
	got, _, err := e.Eval(ev)
	if problem, fails := strings.CutPrefix(want, "!"); fails && (err == nil || !strings.Contains(err.Error(), problem)) || !fails && (err != nil || got != want) {
		t.Errorf("%s: %q, %v; want %q", source, got, err, want)
	}
}
