package pattern

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

// operatorsByName are the operators of a pattern, by name. A new one is an entry here, a kind of
// match.Matcher and, where it can be looked up rather than tried, a way through match.Index.
var operatorsByName map[string]func(c *compiler, location string, arg any) (match.Matcher, bool)

// operatorNames are the keys of operatorsByName, sorted.
var operatorNames []string

func init() {
	operatorsByName = map[string]func(*compiler, string, any) (match.Matcher, bool){
		"exactly":            (*compiler).exactly,
		"prefix":             (*compiler).prefix,
		"suffix":             (*compiler).suffix,
		"equals-ignore-case": (*compiler).equalsIgnoreCase,
		"wildcard":           (*compiler).wildcard,
		"anything-but":       (*compiler).anythingBut,
		"numeric":            (*compiler).numeric,
		"cidr":               (*compiler).cidr,
		"exists":             (*compiler).exists,
	}
	for name := range operatorsByName {
		operatorNames = append(operatorNames, name)
		reservedNames[name] = true
	}
	slices.Sort(operatorNames)
}

// reservedNames are the names that Event Ruler does not take for fields below $or: its operators, and
// what it keeps for later ones.
var reservedNames = map[string]bool{
	"=": true, "<": true, "<=": true, ">": true, ">=": true, "regex": true,
	"not-wildcard": true, "not-equals-ignore-case": true,
	"date-after": true, "date-on-or-after": true, "date-before": true, "date-on-or-before": true,
	"in-date-range": true, "ip-address-in-range": true, "ip-address-not-in-range": true,
}

func isOperator(name string) bool { return operatorsByName[name] != nil }

const fieldsInArrays = "fields of what is in an array are written without [ ] around them, as in items: {sku: [x]}"

func (c *compiler) operator(location string, m map[string]any) (match.Matcher, bool) {
	if len(m) != 1 {
		c.problem(location, "a test has one operator, and a list matches if one of its tests does; %s", words(bothAtOnce(m)))
		return match.Matcher{}, false
	}
	name := anyKey(m)
	compile := operatorsByName[name]
	meant, near := operatorSlip(name).meant, suggest.DidYouMean(name, operatorNames)
	switch {
	case compile != nil:
	case meant != "":
		c.problem(location, "unknown operator %q; %s", name, words(meant))
	case near == "":
		c.problem(location, "unknown operator %q; %s, and the operators are %s", name, words(fieldsInArrays), words(strings.Join(operatorNames, ", ")))
	case isScalar(m[name]):
		c.problem(location, "unknown operator %q%s", name, words(near))
	default:
		c.problem(location, "unknown operator %q%s If it is a field: %s", name, words(near), words(fieldsInArrays))
	}
	if compile == nil {
		return match.Matcher{}, false
	}
	return compile(c, location+"."+name, m[name])
}

// bothAtOnce says how a value is to pass several tests at once.
func bothAtOnce(m map[string]any) string {
	prefix, begins := m["prefix"].(string)
	suffix, ends := m["suffix"].(string)
	if begins && ends && len(m) == 2 {
		escape := strings.NewReplacer("*", `\*`, `\`, `\\`)
		return fmt.Sprintf("for a prefix and a suffix at once write {wildcard: '%s*%s'}", escape.Replace(excerpt.Of(prefix)), escape.Replace(excerpt.Of(suffix)))
	}
	return `for several at once write one of them, and the others in when, as in when: 'value.name != null && value.name.startsWith("a")'`
}

// text takes the argument of an operator that wants a string.
func (c *compiler) text(location string, arg any) (string, bool) {
	s, ok := arg.(string)
	switch arg.(type) {
	case string:
	case []any, map[string]any:
		c.problem(location, "takes a string, not %s; write a test for each alternative", shownValue(arg))
	default:
		c.problem(location, "takes a string, not %s; quote it", shownValue(arg))
	}
	return s, ok
}

func (c *compiler) exactly(location string, arg any) (match.Matcher, bool) {
	s, ok := c.text(location, arg)
	return match.Text(s), ok
}

func (c *compiler) prefix(location string, arg any) (match.Matcher, bool) {
	if folded, ok := c.ignoringCase(location, arg); ok {
		return match.PrefixFold(folded), true
	} else if _, isMap := arg.(map[string]any); isMap {
		return match.Matcher{}, false
	}
	s, ok := c.text(location, arg)
	return match.Prefix(s), ok
}

func (c *compiler) suffix(location string, arg any) (match.Matcher, bool) {
	if folded, ok := c.ignoringCase(location, arg); ok {
		return match.SuffixFold(folded), true
	} else if _, isMap := arg.(map[string]any); isMap {
		return match.Matcher{}, false
	}
	s, ok := c.text(location, arg)
	return match.Suffix(s), ok
}

// ignoringCase takes {equals-ignore-case: text}, the other argument of prefix and suffix.
func (c *compiler) ignoringCase(location string, arg any) (string, bool) {
	m, ok := arg.(map[string]any)
	if !ok {
		return "", false
	}
	inner, ok := m["equals-ignore-case"]
	if !ok || len(m) != 1 {
		c.problem(location, "takes a string, or {equals-ignore-case: …}")
		return "", false
	}
	return c.text(location+".equals-ignore-case", inner)
}

func (c *compiler) equalsIgnoreCase(location string, arg any) (match.Matcher, bool) {
	s, ok := c.text(location, arg)
	return match.EqualFold(s), ok
}

func (c *compiler) wildcard(location string, arg any) (match.Matcher, bool) {
	s, ok := c.text(location, arg)
	if !ok {
		return match.Matcher{}, false
	}
	m, err := match.Wildcard(s)
	if err != nil {
		c.problem(location, "%v", err)
	}
	return m, err == nil
}

func (c *compiler) exists(location string, arg any) (match.Matcher, bool) {
	want, ok := arg.(bool)
	switch {
	case ok:
	case arg == "true" || arg == "false":
		c.problem(location, "takes true or false, not the text %q; take away the quotes", arg)
	default:
		c.problem(location, "takes true or false, not %s", shownValue(arg))
	}
	return match.Exists(want), ok
}
