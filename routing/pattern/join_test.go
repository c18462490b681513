package pattern

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

// placed is a value of a document, and which element of every array it is in.
type placed struct {
	value  int
	within map[string]int
}

// arrayed writes documents and notes, by the name of its field, every value as Event Ruler sees it.
type arrayed struct {
	t      *rapid.T
	repeat bool // keys may occur twice in an object
	arrays int
	values map[string][]placed
}

func (g *arrayed) object(path []string, within map[string]int, depth int) string {
	keys := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 4).Draw(g.t, "keys")
	if !g.repeat {
		slices.Sort(keys)
		keys = slices.Compact(keys)
	}
	var members []string
	for _, key := range keys {
		members = append(members, fmt.Sprintf("%q:%s", key, g.value(append(slices.Clone(path), key), within, depth)))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (g *arrayed) value(path []string, within map[string]int, depth int) string {
	switch n := rapid.IntRange(0, 9).Draw(g.t, "kind"); {
	case depth > 0 && n < 1:
		return g.object(path, within, depth-1)
	case depth > 0 && n < 6:
		g.arrays++
		id := fmt.Sprint(g.arrays)
		var items []string
		for i := range rapid.IntRange(1, 4).Draw(g.t, "elements") {
			inner := maps.Clone(within)
			inner[id] = i
			switch rapid.IntRange(0, 5).Draw(g.t, "element") {
			case 0:
				items = append(items, g.scalar(path, within))
			case 1:
				items = append(items, "["+g.object(path, g.deeper(inner), depth-1)+"]")
			default:
				items = append(items, g.object(path, inner, depth-1))
			}
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	return g.scalar(path, within)
}

func (g *arrayed) deeper(within map[string]int) map[string]int {
	g.arrays++
	within[fmt.Sprint(g.arrays)] = 0
	return within
}

func (g *arrayed) scalar(path []string, within map[string]int) string {
	n := rapid.IntRange(0, 1).Draw(g.t, "value")
	name := strings.Join(path, ".")
	g.values[name] = append(g.values[name], placed{n, within})
	return fmt.Sprint(n)
}

// wanted is a field: a value, absence, or either.
type wanted struct {
	name   string
	value  int // -1 for none
	absent bool
}

// possible says by trying everything whether the fields, in the order of their names, have values of
// which no two are in different elements of one array.
func possible(fields []wanted, values map[string][]placed, settled map[string]int) bool {
	if len(fields) == 0 {
		return true
	}
	f, there := fields[0], false
next:
	for _, v := range values[f.name] {
		for array, index := range v.within {
			if i, ok := settled[array]; ok && i != index {
				continue next
			}
		}
		there = true
		if v.value == f.value {
			more := maps.Clone(settled)
			maps.Copy(more, v.within)
			if possible(fields[1:], values, more) {
				return true
			}
		}
	}
	return !there && f.absent && possible(fields[1:], values, settled)
}

func checkJoin(t *rapid.T, repeat bool) {
	g := &arrayed{t: t, repeat: repeat, values: map[string][]placed{}}
	doc := g.object(nil, map[string]int{}, 3)
	names := slices.Sorted(maps.Keys(g.values))
	if len(names) == 0 {
		return
	}
	for range 20 {
		checkMatch(t, doc, names, g.values)
	}
}

func checkMatch(t *rapid.T, doc string, names []string, values map[string][]placed) {
	match := map[string]any{}
	var fields []wanted
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, min(5, len(names)), rapid.ID).Draw(t, "fields") {
		f := wanted{name: name, value: rapid.IntRange(-1, 1).Draw(t, "want")}
		f.absent = f.value < 0 || rapid.IntRange(0, 4).Draw(t, "absent") == 0
		var tests []any
		if f.value >= 0 {
			tests = append(tests, f.value)
		}
		if f.absent {
			tests = append(tests, map[string]any{"exists": false})
		}
		match[name] = tests
		fields = append(fields, f)
	}
	slices.SortFunc(fields, func(a, b wanted) int { return strings.Compare(a.name, b.name) })
	got, err := matchDocument(match, doc)
	if err != nil && strings.Contains(err.Error(), "repeats a key above arrays") {
		return
	}
	if want := possible(fields, values, map[string]int{}); got != want || err != nil {
		t.Fatalf("%s and %+v: %v, want %v; %v", doc, fields, got, want, err)
	}
}

func matchDocument(fields map[string]any, doc string) (bool, error) {
	set := NewSet()
	p, problems := set.Compile("rules[0]", fields, nil, nil)
	if len(problems) > 0 {
		return false, fmt.Errorf("%v", problems)
	}
	x, f := match.NewIndex([]*match.Pattern{p}), set.NewFinder()
	f.ReadValue(x, []byte(doc))
	f.Find(x)
	_, ok, err := f.Next()
	return ok && err == nil, err
}

func TestJoinAgreesWithTryingAllElements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkJoin(t, false) })
}

func TestJoinAgreesWhereKeysAreRepeated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkJoin(t, true) })
}
