package expr

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

// large has a text of 1 MiB, a list of 10,000 whole numbers and one of as many texts.
func large() *Event {
	var numbers, texts []string
	for i := range 10_000 {
		numbers = append(numbers, fmt.Sprint((i*7919)%10_007))
		texts = append(texts, fmt.Sprintf(`"t-%d"`, i))
	}
	return event(fmt.Sprintf(`{"s":%q,"l":[%s],"t":[%s],"n":1,"j":"[%[2]s]"}`,
		strings.Repeat("abcdefghijklmno ", 1<<16), strings.Join(numbers, ","), strings.Join(texts, ",")))
}

// afresh is an event of which nothing was evaluated yet.
func afresh(ev *Event) *Event {
	e := *ev
	e.work, e.before = 0, 0
	return &e
}

func TestHonestExpressionsStayWithinTheirWork(t *testing.T) {
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
		`json.decode(value.j).exists(x, x == 10006) && json.decode(value.j) == value.l`,
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
		e, err := Compile(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if got, _, err := e.Eval(afresh(ev)); got != "true" || err != nil {
			t.Errorf("%s: %q, %v", source, got, err)
		}
	}
}

// What is not in callRules takes no more time for a large argument than for a small one.
func TestEveryFunctionHasACost(t *testing.T) {
	constant := strings.Fields(`!_ -_ _-_ _*_ _/_ _%_ _&&_ _||_ _?_:_ _[_] @has @not_strictly_false
		__not_strictly_false__ dyn type matches math.abs math.bitAnd math.bitNot math.bitOr math.bitShiftLeft
		math.bitShiftRight math.bitXor math.ceil math.floor math.isFinite math.isInf math.isNaN math.round
		math.sign math.sqrt math.trunc in _in_`)
	env, err := dialect.Environment()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(env.Functions())) {
		if ruleOf(name).Charge == nil && !slices.Contains(constant, name) {
			t.Errorf("%s has no rule; see whether its work or result grows with its arguments", name)
		}
	}
}
