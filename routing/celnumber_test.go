package routing

import "testing"

const numbersValue = `{"big":12345678901234567890,"next":12345678901234567891,"fine":0.10000000000000000555,"huge":1e400,"tiny":1e-400,
	"n":100,"f":0.5,"l":[12345678901234567890,2.0,0.10000000000000000555,1e3]}`

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
