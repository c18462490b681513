package routing

import (
	"slices"
	"strings"
)

// operators are the operators of a pattern, by name. A new one is an entry here and a case in
// test.match.
var operators map[string]func(c *patternCompiler, place string, arg any) (test, bool)

// operatorNames are the keys of operators, sorted.
var operatorNames []string

func init() {
	operators = map[string]func(*patternCompiler, string, any) (test, bool){
		"prefix":             textOperator(opPrefix),
		"suffix":             textOperator(opSuffix),
		"equals-ignore-case": textOperator(opEqualsIgnoreCase),
		"anything-but":       (*patternCompiler).anythingBut,
		"numeric":            (*patternCompiler).numeric,
		"exists":             (*patternCompiler).exists,
	}
	for name := range operators {
		operatorNames = append(operatorNames, name)
	}
	slices.Sort(operatorNames)
}

func isOperator(name string) bool { return operators[name] != nil }

func (c *patternCompiler) operator(place string, m map[string]any) (test, bool) {
	if len(m) != 1 {
		c.problem(place, "a test has one operator; write each in braces of its own")
		return test{}, false
	}
	name := anyKey(m)
	compile := operators[name]
	if compile == nil {
		c.problem(place, "unknown operator %q%s (known: %s)", name, didYouMean(name, operatorNames), strings.Join(operatorNames, ", "))
		return test{}, false
	}
	return compile(c, place+"."+name, m[name])
}

func textOperator(op operator) func(*patternCompiler, string, any) (test, bool) {
	return func(c *patternCompiler, place string, arg any) (test, bool) {
		s, ok := arg.(string)
		if !ok {
			c.problem(place, "takes a string, not %s; quote it", shown(arg))
			return test{}, false
		}
		return test{op: op, text: []byte(s)}, true
	}
}

// anythingBut takes a value, a list of values, or {prefix: …}, {suffix: …},
// {equals-ignore-case: …}.
func (c *patternCompiler) anythingBut(place string, arg any) (test, bool) {
	t := test{op: opAnythingBut}
	switch arg := arg.(type) {
	case map[string]any:
		switch name := anyKey(arg); {
		case len(arg) == 1 && (name == "prefix" || name == "suffix" || name == "equals-ignore-case"):
		default:
			c.problem(place, "takes a value, a list of values, or one of prefix, suffix and equals-ignore-case")
			return test{}, false
		}
		not, ok := c.operator(place, arg)
		t.not = []test{not}
		return t, ok
	case []any:
		if len(arg) == 0 {
			c.problem(place, "the list is empty; write the values to leave out")
			return test{}, false
		}
		for _, v := range arg {
			not, ok := c.exact(place, v)
			if !ok {
				return test{}, false
			}
			t.not = append(t.not, not)
		}
		return t, true
	}
	not, ok := c.exact(place, arg)
	t.not = []test{not}
	return t, ok
}

func (c *patternCompiler) exists(place string, arg any) (test, bool) {
	want, ok := arg.(bool)
	if !ok {
		c.problem(place, "takes true or false, not %s", shown(arg))
	}
	return test{op: opExists, want: want}, ok
}

const numericForm = `takes comparisons, like [">=", 100] or [">", 0, "<=", 5]`

// numeric takes one comparison or a pair of a lower and an upper bound.
func (c *patternCompiler) numeric(place string, arg any) (test, bool) {
	if c.headers {
		c.problem(place, "a header's value is text, so this can never match; use when, like int(headers.attempt) >= 3")
		return test{}, false
	}
	list, _ := arg.([]any)
	if len(list) != 2 && len(list) != 4 {
		c.problem(place, numericForm)
		return test{}, false
	}
	t := test{op: opNumeric}
	for i := 0; i < len(list); i += 2 {
		sign, _ := list[i].(string)
		n, isNumber := number(list[i+1])
		b := bound{num: n}
		switch sign {
		case "=":
		case "<":
			b.lo, b.hi = -1, -1
		case "<=":
			b.lo = -1
		case ">":
			b.lo, b.hi = 1, 1
		case ">=":
			b.hi = 1
		default:
			c.problem(place, "%s is no comparison; write one of = < <= > >=", shown(list[i]))
			return test{}, false
		}
		if !isNumber {
			c.problem(place, "%s is no number; it %s", shown(list[i+1]), numericForm)
			return test{}, false
		}
		t.bounds = append(t.bounds, b)
	}
	if len(t.bounds) == 2 && !t.bounds[0].meets(t.bounds[1]) {
		c.problem(place, "no number can pass both comparisons; write a lower and an upper bound")
		return test{}, false
	}
	return t, true
}

// meets reports whether a pair is a lower bound and a higher upper bound, in either order.
func (b bound) meets(other bound) bool {
	if b.lo+b.hi < 0 {
		b, other = other, b
	}
	return b.lo+b.hi > 0 && other.lo+other.hi < 0 && b.num.compare(other.num) < 0 ||
		b.lo == 0 && other.hi == 0 && b.hi == 1 && other.lo == -1 && b.num.compare(other.num) == 0
}
