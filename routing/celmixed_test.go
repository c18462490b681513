package routing

import "testing"

// Whether a producer writes 100 or 100.0 makes no difference.
func TestMixedArithmetic(t *testing.T) {
	ev := event(numbersValue)
	for source, want := range map[string]string{
		`value.n * 1.2 > 100`:      "true",
		`value.n * 1.2`:            "120",
		`1.5 * value.n`:            "150",
		`value.n + value.f`:        "100.5",
		`value.f - value.n`:        "-99.5",
		`value.n / 0.5`:            "200",
		`value.f / value.n`:        "0.005",
		`value.l[1] / 4`:           "0.5",
		`value.n / 3`:              "33",
		`value.n + value.big`:      "12345678901234567000",
		`value.l.map(x, x * 2)[3]`: "2000",
		`size(value.l) * value.f`:  "2",
		`dyn(3u) * value.f`:        "1.5",
	} {
		e, err := CompileExpression(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, _, err := e.Eval(ev); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", source, got, err, want)
		}
	}
	for _, source := range []string{`value.n % value.f`, `value.absent * 1.2`, `value.n + "1"`} {
		e, err := CompileExpression(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := e.Eval(ev); err == nil {
			t.Errorf("%s gives %q", source, got)
		}
	}
}
