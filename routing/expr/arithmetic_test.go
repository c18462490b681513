package expr

import "testing"

// Whether a producer writes 100 or 100.0 makes no difference.
func TestArithmeticMixesIntsAndDoubles(t *testing.T) {
	ev := event(numbersValue)
	for source, want := range map[string]string{
		`value.n * 1.2 > 100`:                      "true",
		`value.n * 1.2`:                            "120",
		`1.5 * value.n`:                            "150",
		`value.n + value.f`:                        "100.5",
		`value.f - value.n`:                        "-99.5",
		`value.n / 0.5`:                            "200",
		`value.f / value.n`:                        "0.005",
		`value.l[1] / 4`:                           "0.5",
		`value.n / 3`:                              "33",
		`value.n + value.big`:                      "12345678901234567000",
		`value.l.map(x, x * 2)[3]`:                 "2000",
		`size(value.l) * value.f`:                  "2",
		`dyn(3u) * value.f`:                        "1.5",
		`value.l[1] % 2 == 0`:                      "true",
		`value.n % value.f`:                        "0",
		`7 % dyn(-value.l[1])`:                     "1",
		`dyn(-7.5) % value.l[1]`:                   "-1.5",
		`value.n % 7`:                              "2",
		`math.round(value.n) + math.ceil(value.f)`: "101",
		`math.floor(value.l[1]) == 2.0 && !math.isNaN(value.n)`: "true",
	} {
		e, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, _, err := e.Eval(ev); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", source, got, err, want)
		}
	}
	for _, source := range []string{`value.f % 0`, `value.n % dyn(0.0)`, `value.f % value.absent`, `value.absent * 1.2`, `value.n + "1"`} {
		e, err := Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := e.Eval(ev); err == nil {
			t.Errorf("%s gives %q", source, got)
		}
	}
}

func TestSortOrdersMixedNumbers(t *testing.T) {
	ev := event(`{"l":[2,1.5,1,-1e400,9007199254740993,9007199254740992.0],"o":[{"n":2.0,"k":"b"},{"n":1,"k":"a"}]}`)
	for source, want := range map[string]string{
		`value.l.sort()`:           "[-1e400,1,1.5,2,9007199254740992,9007199254740993]",
		`value.l.sortBy(x, -x)[5]`: "-1e400",
		`value.o.sortBy(o, o.n)[0].k + value.o.sortBy(o, string(o.n))[0].k`:           "aa",
		`[3, 1].sort() == [1, 3] && [dyn(2u), 1].sort() == [1, 2] && [].sort() == []`: "true",
		`["b", "a"].sort()[0]`: "a",
	} {
		e, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, _, err := e.Eval(ev); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", source, got, err, want)
		}
	}
}
