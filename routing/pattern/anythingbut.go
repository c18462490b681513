package pattern

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

// notOperators are the operators that anything-but takes, with a string or a list of strings.
var notOperators = []string{"equals-ignore-case", "prefix", "suffix", "wildcard"}

// anythingBut takes a string or number, a list of either, or one of notOperators.
func (c *compiler) anythingBut(location string, arg any) (match.Matcher, bool) {
	if m, ok := arg.(map[string]any); ok {
		name := anyKey(m)
		if len(m) != 1 || !slices.Contains(notOperators, name) {
			c.problem(location, "takes a string, a number, a list of either, or one of equals-ignore-case, prefix, suffix and wildcard%s", words(oppositeOf(m)))
			return match.Matcher{}, false
		}
		return c.anythingButOperator(location+"."+name, name, m[name])
	}
	list, ok := arg.([]any)
	if !ok {
		list = []any{arg}
	}
	if len(list) == 0 {
		c.problem(location, "the list is empty; write the values to leave out")
		return match.Matcher{}, false
	}
	if slices.ContainsFunc(list, func(v any) bool { _, isMap := v.(map[string]any); return isMap }) {
		c.problem(location, "an operator within it takes the list, instead of standing in one; %s", words(c.notTogether(list)))
		return match.Matcher{}, false
	}
	var others []match.Matcher
	for _, v := range list {
		not, ok := c.exact(location, v)
		isNumber, exact := not.IsNumber()
		switch {
		case !ok:
			return match.Matcher{}, false
		case not.IsNull():
			c.problem(location, "takes strings or numbers, not null; write when: '%s != null'", words(c.variable()))
			return match.Matcher{}, false
		case !not.IsText() && !isNumber:
			c.problem(location, "takes strings or numbers, not %s; list the values that should match instead", shownValue(v))
			return match.Matcher{}, false
		case isNumber && !exact:
			c.problem(location, "%s has more digits, or another exponent, than a number that can be compared; write it as a string where events do", shownValue(v))
			return match.Matcher{}, false
		case len(others) > 0 && others[0].IsText() != not.IsText():
			c.problem(location, "takes strings or numbers, not both in one list; say the rest in when")
			return match.Matcher{}, false
		}
		others = append(others, not)
	}
	return match.None(others), true
}

func (c *compiler) anythingButOperator(location, name string, arg any) (match.Matcher, bool) {
	list, ok := arg.([]any)
	if !ok {
		list = []any{arg}
	}
	if len(list) == 0 {
		c.problem(location, "the list is empty; write the texts to leave out")
		return match.Matcher{}, false
	}
	var others []match.Matcher
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			c.problem(location, "%s", errors.New(c.notWithin(name, m)))
			return match.Matcher{}, false
		}
		s, ok := c.text(location, v)
		if !ok {
			return match.Matcher{}, false
		}
		if s == "" && (name == "prefix" || name == "suffix") {
			c.problem(location, "the text is empty, so no string could match; write the %s to leave out", name)
			return match.Matcher{}, false
		}
		not, ok := operatorsByName[name](c, location, s)
		if !ok {
			return match.Matcher{}, false
		}
		others = append(others, not)
	}
	return match.None(others), true
}

// caselessFunctions are the functions that say in CEL what an operator says.
var caselessFunctions = map[string]string{"prefix": "startsWith", "suffix": "endsWith"}

// notWithin says what to write instead of a map as the argument of an operator within anything-but. The
// functions of CEL ignore the case of ASCII only.
func (c *compiler) notWithin(name string, m map[string]any) string {
	text, folded := m["equals-ignore-case"].(string)
	switch {
	case !folded || caselessFunctions[name] == "":
		return "takes a string or a list of strings, not a map"
	case strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }):
		return "takes a string or a list of strings within anything-but, and heeds case there; list each way to write the text"
	}
	return "takes a string or a list of strings within anything-but, and heeds case there; " +
		c.unless(fmt.Sprintf("%s.lowerAscii().%s(%q)", c.variable(), caselessFunctions[name], strings.ToLower(excerpt.Of(text))))
}

// variable stands for the field in an expression.
func (c *compiler) variable() string {
	if c.headers {
		return "headers.field"
	}
	return "value.field"
}

// unless says in CEL what anything-but says of texts.
func (c *compiler) unless(tests ...string) string {
	all := strings.Join(tests, " || ")
	if len(tests) > 1 {
		all = "(" + all + ")"
	}
	when := fmt.Sprintf("has(%s) && !(type(%[1]s) == string && %s)", c.variable(), all)
	return fmt.Sprintf("write when: '%s'", strings.ReplaceAll(when, "'", "''"))
}

// celTests are the operators within anything-but in CEL, but for those that ignore case or have wildcards.
var celTests = map[string]string{"prefix": "%s.startsWith(%q)", "suffix": "%s.endsWith(%q)", "exactly": "%s == %q"}

// notTogether says how to leave out what a list of operators, with or without plain texts, is meant to.
func (c *compiler) notTogether(list []any) string {
	byName := map[string][]string{}
	var tests []string
	for _, v := range list {
		name, text := "exactly", v
		if m, ok := v.(map[string]any); ok && len(m) == 1 {
			name, text = anyKey(m), m[anyKey(m)]
		}
		texts, ok := text.([]any)
		if !ok {
			texts = []any{text}
		}
		for _, text := range texts {
			s, ok := text.(string)
			if !ok {
				return "write one operator with its texts, like {anything-but: {prefix: [a, b]}}, and the others in when"
			}
			byName[name] = append(byName[name], fmt.Sprintf("%q", excerpt.Of(s)))
			if celTests[name] != "" {
				tests = append(tests, fmt.Sprintf(celTests[name], c.variable(), excerpt.Of(s)))
			}
		}
	}
	for name, texts := range byName {
		if len(byName) == 1 && slices.Contains(notOperators, name) {
			return fmt.Sprintf("write {anything-but: {%s: [%s]}}", name, strings.Join(texts, ", "))
		}
		if celTests[name] == "" {
			return "write one operator with its texts, like {anything-but: {prefix: [a, b]}}, and the others in when"
		}
	}
	return c.unless(tests...)
}

// oppositeOf says what to write for anything but an operator that anything-but does not take.
func oppositeOf(m map[string]any) string {
	switch _, numeric := m["numeric"]; {
	case numeric:
		return `; write the opposite comparison, like {numeric: ["<", 100]} for all that is not at least 100`
	case m["exists"] == true:
		return "; write {exists: false}"
	case m["exists"] == false:
		return "; write {exists: true}"
	case m["cidr"] != nil:
		return "; write a rule before this one for the block that is left out"
	case len(m) > 1:
		return "; write one operator here, and the others in when"
	}
	return ""
}
