package routing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

// operators are the operators of a pattern, by name. A new one is an entry here, a case in
// test.match and, where it can be looked up rather than tried, one in matcher.
var operators map[string]func(c *patternCompiler, place string, arg any) (test, bool)

// operatorNames are the keys of operators, sorted.
var operatorNames []string

func init() {
	operators = map[string]func(*patternCompiler, string, any) (test, bool){
		"exactly":            (*patternCompiler).exactly,
		"prefix":             (*patternCompiler).prefix,
		"suffix":             (*patternCompiler).suffix,
		"equals-ignore-case": (*patternCompiler).equalsIgnoreCase,
		"wildcard":           (*patternCompiler).wildcard,
		"anything-but":       (*patternCompiler).anythingBut,
		"numeric":            (*patternCompiler).numeric,
		"cidr":               (*patternCompiler).cidr,
		"exists":             (*patternCompiler).exists,
	}
	for name := range operators {
		operatorNames = append(operatorNames, name)
		reserved[name] = true
	}
	slices.Sort(operatorNames)
}

// reserved are the names that Event Ruler does not take for fields below $or: its operators, and
// what it keeps for later ones.
var reserved = map[string]bool{
	"=": true, "<": true, "<=": true, ">": true, ">=": true, "regex": true,
	"not-wildcard": true, "not-equals-ignore-case": true,
	"date-after": true, "date-on-or-after": true, "date-before": true, "date-on-or-before": true,
	"in-date-range": true, "ip-address-in-range": true, "ip-address-not-in-range": true,
}

func isOperator(name string) bool { return operators[name] != nil }

const fieldsInArrays = "fields of what is in an array are written without [ ] around them, as in items: {sku: [x]}"

func (c *patternCompiler) operator(place string, m map[string]any) (test, bool) {
	if len(m) != 1 {
		c.problem(place, "a test has one operator, and a list matches if one of its tests does; %s", words(both(m)))
		return test{}, false
	}
	name := anyKey(m)
	compile := operators[name]
	meant, near := operatorSlip(name).meant, suggest.DidYouMean(name, operatorNames)
	switch {
	case compile != nil:
	case meant != "":
		c.problem(place, "unknown operator %q; %s", name, words(meant))
	case near == "":
		c.problem(place, "unknown operator %q; %s, and the operators are %s", name, words(fieldsInArrays), words(strings.Join(operatorNames, ", ")))
	case isScalar(m[name]):
		c.problem(place, "unknown operator %q%s", name, words(near))
	default:
		c.problem(place, "unknown operator %q%s If it is a field: %s", name, words(near), words(fieldsInArrays))
	}
	if compile == nil {
		return test{}, false
	}
	return compile(c, place+"."+name, m[name])
}

// both says how a value is to pass several tests at once.
func both(m map[string]any) string {
	prefix, begins := m["prefix"].(string)
	suffix, ends := m["suffix"].(string)
	if begins && ends && len(m) == 2 {
		escape := strings.NewReplacer("*", `\*`, `\`, `\\`)
		return fmt.Sprintf("for a prefix and a suffix at once write {wildcard: '%s*%s'}", escape.Replace(excerpt.Of(prefix)), escape.Replace(excerpt.Of(suffix)))
	}
	return `for several at once write one of them, and the others in when, as in when: 'value.name != null && value.name.startsWith("a")'`
}

// text takes the argument of an operator that wants a string.
func (c *patternCompiler) text(place string, arg any) (string, bool) {
	s, ok := arg.(string)
	switch arg.(type) {
	case string:
	case []any, map[string]any:
		c.problem(place, "takes a string, not %s; write a test for each alternative", shown(arg))
	default:
		c.problem(place, "takes a string, not %s; quote it", shown(arg))
	}
	return s, ok
}

func (c *patternCompiler) exactly(place string, arg any) (test, bool) {
	s, ok := c.text(place, arg)
	return test{kind: kindString, text: []byte(s)}, ok
}

func (c *patternCompiler) prefix(place string, arg any) (test, bool) {
	if folded, ok := c.ignoringCase(place, arg); ok {
		return test{op: opPrefixIgnoreCase, text: []byte(folded), fold: foldText(folded)}, true
	} else if _, isMap := arg.(map[string]any); isMap {
		return test{}, false
	}
	s, ok := c.text(place, arg)
	return test{op: opPrefix, text: []byte(s)}, ok
}

func (c *patternCompiler) suffix(place string, arg any) (test, bool) {
	if folded, ok := c.ignoringCase(place, arg); ok {
		return test{op: opSuffixIgnoreCase, text: []byte(folded), fold: foldText(folded)}, true
	} else if _, isMap := arg.(map[string]any); isMap {
		return test{}, false
	}
	s, ok := c.text(place, arg)
	return test{op: opSuffix, text: []byte(s)}, ok
}

// ignoringCase takes {equals-ignore-case: text}, the other argument of prefix and suffix.
func (c *patternCompiler) ignoringCase(place string, arg any) (string, bool) {
	m, ok := arg.(map[string]any)
	if !ok {
		return "", false
	}
	inner, ok := m["equals-ignore-case"]
	if !ok || len(m) != 1 {
		c.problem(place, "takes a string, or {equals-ignore-case: …}")
		return "", false
	}
	return c.text(place+".equals-ignore-case", inner)
}

func (c *patternCompiler) equalsIgnoreCase(place string, arg any) (test, bool) {
	s, ok := c.text(place, arg)
	return test{op: opEqualsIgnoreCase, text: []byte(s), fold: foldText(s)}, ok
}

func (c *patternCompiler) wildcard(place string, arg any) (test, bool) {
	s, ok := c.text(place, arg)
	if !ok {
		return test{}, false
	}
	g, err := parseGlob(s)
	if err != nil {
		c.problem(place, "%v", err)
	}
	return test{op: opWildcard, text: []byte(s), glob: g}, err == nil
}

func (c *patternCompiler) exists(place string, arg any) (test, bool) {
	want, ok := arg.(bool)
	switch {
	case ok:
	case arg == "true" || arg == "false":
		c.problem(place, "takes true or false, not the text %q; take away the quotes", arg)
	default:
		c.problem(place, "takes true or false, not %s", shown(arg))
	}
	return test{op: opExists, want: want}, ok
}
