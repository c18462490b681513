//go:build !race

package expr

import (
	"runtime"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
)

// Under the race detector more is allocated, hence the build tag.
func TestHostileExpressionsAreStopped(t *testing.T) {
	ev := large()
	doubled := `[value.s].map(x, x + x)` + strings.Repeat(`.map(x, x + x)`, 40)
	for _, source := range []string{
		`value.s.replace("", value.s)`,
		`value.s.replace("a", value.s, 1000)`,
		`value.l.map(x, value.s + value.s)`,
		`value.l.map(x, value.s.upperAscii()).size() > 0`,
		`value.l.map(x, value.s.lowerAscii()).size() > 0`,
		`value.l.map(x, value.s.reverse()).size() > 0`,
		`value.l.map(x, value.s.trim()).size() > 0`,
		`value.l.map(x, value.s.charAt(7)).size() > 0`,
		`value.l.map(x, value.s.substring(7)).size() > 0`,
		`value.l.map(x, value.s.replace("x", "y")).size() > 0`,
		`value.l.map(x, value.s.split("")).size() > 0`,
		`value.l.map(x, value.s.indexOf("no ")).size() > 0`,
		`value.l.map(x, value.s.lastIndexOf("zz")).size() > 0`,
		`value.l.map(x, value.s.contains("zz")).size() > 0`,
		`value.l.map(x, value.s.size()).size() > 0`,
		`value.l.map(x, value.s.matches("zz")).size() > 0`,
		`value.s.matches("(a|b|c|[a-o ]+)*(a|b|c|[a-o ]+)*(a|b|c|[a-o ]+)*zz$")`,
		`value.s.matches("(x{0,10}[a-z]?){20}" + string(value.n) + "z")`,
		`value.l.exists(x, "x".matches("a{" + string(x % 900 + 2) + "}"))`,
		`value.l.exists(x, "x".matches("a{999}b{999}c{999}d{999}e{999}f{999}" + string(x)))`,
		`value.l.map(x, "%s".format([value.s])).size() > 0`,
		`value.l.map(x, "%x".format([value.s])).size() > 0`,
		`value.l.map(x, strings.quote(value.s)).size() > 0`,
		`value.l.map(x, base64.encode(bytes(value.s))).size() > 0`,
		`value.l.map(x, bytes(value.s)).size() > 0`,
		`value.l.map(x, json.encode(value)).size() > 0`,
		`value.l.map(x, json.decode(value.j)).size() > 0`,
		`value.l.map(x, json.decode(value.j).map(y, y)).size() > 0`,
		`value.l.map(x, value.s).join(value.s)`,
		`value.l.join(value.s)`,
		`value.t.join(value.s)`,
		`value.l.map(x, value.t.join(",")).size() > 0`,
		`value.l.map(x, value.l.sort()).size() > 0`,
		`value.l.map(x, value.l.sortBy(y, -y)).size() > 0`,
		`value.l.map(x, value.l.reverse()).size() > 0`,
		`value.l.map(x, value.l.distinct()).size() > 0`,
		`value.l.map(x, value.l + value.l).size() > 0`,
		`value.l.map(x, value.l == value.t).size() > 0`,
		`value.l.map(x, {"l": value.l} == {"l": value.l}).size() > 0`,
		`value.l.all(x, !("none" in value.t))`,
		`value.l.map(x, value.l.slice(0, 9999)).size() > 0`,
		`value.l.map(x, [value.l].flatten()).size() > 0`,
		`value.l.map(x, math.greatest(value.l)).size() > 0`,
		`value.l.hasAll(value.t)`,
		`value.l.exists(x, value.l.exists(y, y < x && y < 0))`,
		`value.l.map(x, headers.tenant == value.s + "x").size() > 0`,
		`value.l.map(x, lists.range(10000)).size() > 0`,
		`lists.range(10000000).size() > 0`,
		`value.l.map(x, timestamp.getHours("Europe/Berlin")).size() > 0`,
		doubled,
		strings.NewReplacer("value.s", "value.l", ".map(x, x + x)", ".map(x, x + x)").Replace(doubled),
		`[[]].map(x, x + x)` + strings.Repeat(`.map(x, [x, x])`, 60) + ` == dyn([1])`,
		`[[[]]]` + strings.Repeat(`.map(x, [x, x])`, 60) + `.flatten(100)`,
	} {
		e, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err = e.Eval(afresh(ev))
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "the expression ") {
			t.Errorf("%s: %v", source, err)
		}
		if made := after.TotalAlloc - before.TotalAlloc; made > 3*interp.MemoryLimit {
			t.Errorf("%s: took %d MiB", source, made>>20)
		}
	}
}

// Numbers that are read digit by digit for each comparison would keep these busy beyond the time a test has.
func TestComparingLongNumbersTakesLittleTime(t *testing.T) {
	ones := strings.Repeat("1,", 60_000) + "1"
	digits := strings.Repeat("1", 300_000)
	zeros := strings.Repeat("0", 300_000)
	for _, number := range []string{digits, "1." + digits, "0." + zeros + "1", "1." + zeros + "1"} {
		ev := event(`{"l":[` + ones + `],"d":` + number + `,"e":[2,` + number + `]}`)
		for source, want := range map[string]string{
			`value.l.exists(x, x == value.d)`:                  "false",
			`value.l.all(x, value.d != 12345678901234567890u)`: "true",
			`value.l.exists(x, value.d == x - 1)`:              "false",
			`value.l.exists(x, value.d < x - 1)`:               "false",
			`value.d in value.l`:                               "false",
			`value.e.hasAny(value.l)`:                          "false",
			`value.l.hasAny(value.e)`:                          "false",
			`value.e.hasAll(value.l)`:                          "false",
			`value.l.hasAll(value.e)`:                          "false",
			`value.e.hasOnly(value.l)`:                         "false",
			`value.e.hasExactly(value.l)`:                      "false",
			`(value.e + value.l).distinct().size()`:            "3",
			`value.l == value.e`:                               "false",
		} {
			e, err := Compile(source)
			if err != nil {
				t.Fatal(err)
			}
			if got, _, err := e.Eval(afresh(ev)); err != nil || got != want {
				t.Errorf("%s with %.8s…: %q, %v", source, number, got, err)
			}
		}
	}
}

// Reading a number that is next to zero takes a hundred times as long as another.
func TestNumbersThatAreSlowToReadAreCharged(t *testing.T) {
	for number, tooMuch := range map[string]bool{"1234567890123456123451e-330": true, "1e-310": true, "0.12345678901234568": false, "12345678901234567890": false} {
		ev := event(`{"l":[` + strings.Repeat(number+",", 40_000) + `1]}`)
		e, err := Compile(`value.l.size()`)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := e.Eval(ev); (err != nil) != tooMuch {
			t.Errorf("%s: %v", number, err)
		}
	}
}
