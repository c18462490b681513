package routing

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// large has a text of 1 MiB, a list of 10,000 whole numbers and one of as many texts.
func large() *Event {
	var numbers, texts []string
	for i := range 10_000 {
		numbers = append(numbers, fmt.Sprint((i*7919)%10_007))
		texts = append(texts, fmt.Sprintf(`"t-%d"`, i))
	}
	return event(fmt.Sprintf(`{"s":%q,"l":[%s],"t":[%s],"n":1}`,
		strings.Repeat("abcdefghijklmno ", 1<<16), strings.Join(numbers, ","), strings.Join(texts, ",")))
}

func TestHonestExpressions(t *testing.T) {
	ev := large()
	for _, source := range []string{
		`value.s.replace("abc", "x").upperAscii().trim().size() > 1000`,
		`value.s.split(" ").size() > 1000`,
		`value.s.split(" ").map(w, w.size()).size() > 1000`,
		`value.s.contains("lmno abc") && value.s.startsWith("abc") && !value.s.endsWith("abc")`,
		`value.s.indexOf("no such text") == -1`,
		`value.s.matches("^[a-z ]*$")`,
		`!value.s.matches("error|timeout")`,
		`value.s.substring(10, 20) + value.s.charAt(5) == "klmno abcdf"`,
		`value.s.reverse().size() == value.s.size()`,
		`base64.decode(base64.encode(bytes(value.s))) == bytes(value.s)`,
		`json.encode(value).size() > 1000`,
		`strings.quote(value.s).size() > 1000`,
		`"%s: %d %.3f".format([value.s, 3, 1.5]).size() > 1000`,
		`(value.s + value.s).size() > 1000`,
		`value.l.exists(x, x == 10006)`,
		`value.l.filter(x, x % 2 == 0 && x > 100).map(x, {"n": x, "ok": x > 7}).size() > 1000`,
		`value.l.map(x, string(x)).join(",").size() > 1000`,
		`value.t.map(x, value.n == 1 ? x + "!" : x).all(x, x.startsWith("t-"))`,
		`value.l.sort()[0] == 0 && value.t.sortBy(x, x.size())[0] == "t-0"`,
		`value.l.distinct().size() == 10000 && (value.l + value.l).distinct().size() == 10000`,
		`[value.l, value.l].flatten().size() == 20000`,
		`value.l.reverse().slice(0, 3).size() == 3 && lists.range(10000).size() == 10000`,
		`math.greatest(value.l) == 10006`,
		`10006 in value.l && !("none" in value.t)`,
		`value.l == value.l && value.t != value.l`,
		`value.l.exists(x, value.l.size() == x || value.l[x] == 10006)`,
	} {
		e, err := CompileExpression(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if got, _, err := e.Eval(ev); got != "true" || err != nil {
			t.Errorf("%s: %q, %v", source, got, err)
		}
	}
}

func TestHostileExpressions(t *testing.T) {
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
		`value.l.map(x, "%s".format([value.s])).size() > 0`,
		`value.l.map(x, "%x".format([value.s])).size() > 0`,
		`value.l.map(x, strings.quote(value.s)).size() > 0`,
		`value.l.map(x, base64.encode(bytes(value.s))).size() > 0`,
		`value.l.map(x, bytes(value.s)).size() > 0`,
		`value.l.map(x, json.encode(value)).size() > 0`,
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
		e, err := CompileExpression(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err = e.Eval(ev)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "the expression ") {
			t.Errorf("%s: %v", source, err)
		}
		if made := after.TotalAlloc - before.TotalAlloc; made > 3*MemoryLimit {
			t.Errorf("%s: took %d MiB", source, made>>20)
		}
	}
}

// What is not in callRules takes no more time for a large argument than for a small one.
func TestEveryFunctionHasACost(t *testing.T) {
	constant := strings.Fields(`!_ -_ _-_ _*_ _/_ _%_ _&&_ _||_ _?_:_ _[_] @has @not_strictly_false
		__not_strictly_false__ dyn type matches math.abs math.bitAnd math.bitNot math.bitOr math.bitShiftLeft
		math.bitShiftRight math.bitXor math.ceil math.floor math.isFinite math.isInf math.isNaN math.round
		math.sign math.sqrt math.trunc in _in_`)
	env, err := environment()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(env.Functions())) {
		if ruleOf(name).charge == nil && !slices.Contains(constant, name) {
			t.Errorf("%s has no rule; see whether its work or result grows with its arguments", name)
		}
	}
}
