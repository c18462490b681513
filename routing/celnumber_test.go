package routing

import "testing"

const numbersValue = `{"big":12345678901234567890,"next":12345678901234567891,"fine":0.10000000000000000555,"huge":1e400,"tiny":1e-400,
	"n":100,"f":0.5,"even":9007199254740992.0,"odd":9007199254740993,"oddDouble":9007199254740993.0,"most":9223372036854775807,"beyond":9223372036854775808,"l":[12345678901234567890,2.0,0.10000000000000000555,1e3]}`

func TestNumbersPassedOn(t *testing.T) {
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
		`value.l.sort()[0]`:                              "0.1",
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
		e, err := CompileExpression(source)
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
