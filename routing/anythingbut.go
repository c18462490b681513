package routing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// notOperators are the operators that anything-but takes, with a string or a list of strings.
var notOperators = []string{"equals-ignore-case", "prefix", "suffix", "wildcard"}

// anythingBut takes a string or number, a list of either, or one of notOperators.
func (c *patternCompiler) anythingBut(place string, arg any) (test, bool) {
	if m, ok := arg.(map[string]any); ok {
		name := anyKey(m)
		if len(m) != 1 || !slices.Contains(notOperators, name) {
			c.problem(place, "takes a string, a number, a list of either, or one of equals-ignore-case, prefix, suffix and wildcard")
			return test{}, false
		}
		return c.anythingButOperator(place+"."+name, name, m[name])
	}
	list, ok := arg.([]any)
	if !ok {
		list = []any{arg}
	}
	if len(list) == 0 {
		c.problem(place, "the list is empty; write the values to leave out")
		return test{}, false
	}
	t := test{op: opAnythingBut}
	for _, v := range list {
		not, ok := c.exact(place, v)
		switch {
		case !ok:
			return test{}, false
		case not.kind != kindString && not.kind != kindNumber:
			c.problem(place, "takes strings or numbers, not %s; list the values that should match instead", shown(v))
			return test{}, false
		case not.kind == kindNumber && !not.exact:
			c.problem(place, "%s has more digits, or another exponent, than a number that can be compared; write it as a string where events do", shown(v))
			return test{}, false
		case len(t.not) > 0 && t.not[0].kind != not.kind:
			c.problem(place, "takes strings or numbers, not both in one list; say the rest in when")
			return test{}, false
		}
		t.not = append(t.not, not)
	}
	return t, true
}

func (c *patternCompiler) anythingButOperator(place, name string, arg any) (test, bool) {
	list, ok := arg.([]any)
	if !ok {
		list = []any{arg}
	}
	if len(list) == 0 {
		c.problem(place, "the list is empty; write the texts to leave out")
		return test{}, false
	}
	t := test{op: opAnythingBut}
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			c.problem(place, "%s", errors.New(c.notWithin(name, m)))
			return test{}, false
		}
		s, ok := c.text(place, v)
		if !ok {
			return test{}, false
		}
		if s == "" && (name == "prefix" || name == "suffix") {
			c.problem(place, "the text is empty, so no string could match; write the %s to leave out", name)
			return test{}, false
		}
		not, ok := operators[name](c, place, s)
		if !ok {
			return test{}, false
		}
		t.not = append(t.not, not)
	}
	return t, true
}

// caseless are the functions that say in CEL what an operator says.
var caseless = map[string]string{"prefix": "startsWith", "suffix": "endsWith"}

// notWithin says what to write instead of a map as the argument of an operator within anything-but. The
// functions of CEL ignore the case of ASCII only.
func (c *patternCompiler) notWithin(name string, m map[string]any) string {
	text, folded := m["equals-ignore-case"].(string)
	switch {
	case !folded || caseless[name] == "":
		return "takes a string or a list of strings, not a map"
	case strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }):
		return "takes a string or a list of strings within anything-but, and heeds case there; list each way to write the text"
	}
	field := "value.field"
	if c.headers {
		field = "headers.field"
	}
	when := fmt.Sprintf("has(%s) && !(type(%[1]s) == string && %[1]s.lowerAscii().%s(%q))", field, caseless[name], strings.ToLower(excerpt.Of(text)))
	return fmt.Sprintf("takes a string or a list of strings within anything-but, and heeds case there; write when: '%s'", strings.ReplaceAll(when, "'", "''"))
}
