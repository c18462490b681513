package pattern

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing/pattern/ip"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

const (
	// maxFields is how many fields Event Ruler takes.
	maxFields = 256
	// maxBranches bounds what several $or of one rule multiply to.
	maxBranches = 1024
)

// compiler turns a match or headers map into branches. It gathers every problem.
type compiler struct {
	headers  bool
	problems *[]Problem
}

func (c *compiler) problem(location, format string, args ...any) {
	*c.problems = append(*c.problems, Problem{Path: location, Message: fmt.Sprintf(format, excerpt.Args(args)...)})
}

func (c *compiler) compile(location string, pattern map[string]any) []match.Branch {
	if pattern == nil {
		return nil
	}
	branches := c.object(location, nil, pattern, false, []match.Branch{nil})
	for _, b := range branches {
		if len(b) > maxFields {
			c.problem(location, "the pattern has %d fields; it may have %d", len(b), maxFields)
			break
		}
	}
	for _, b := range branches {
		match.SortFields(b)
	}
	return branches
}

// object adds the fields of a map to each branch.
func (c *compiler) object(location string, path []string, pattern map[string]any, inOr bool, branches []match.Branch) []match.Branch {
	if len(pattern) == 0 {
		c.problem(location, "the pattern is empty; write a list of values or remove it")
		return branches
	}
	keys := make([]string, 0, len(pattern))
	for k := range pattern {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		at := location + "." + k
		if k == "$or" {
			branches = c.or(at, path, pattern[k], branches)
			continue
		}
		if strings.EqualFold(k, "$or") {
			c.problem(at, "%q reads as $or and is none; write $or in small letters", k)
			continue
		}
		if meant := c.fieldSlip(k, pattern[k], len(path) > 0); meant != "" {
			c.problem(at, "%q is not an operator of patterns; %s", k, words(meant))
			continue
		}
		if inOr && reservedNames[k] {
			c.problem(at, "below $or a field cannot be called %q, which reads as an operator; use a rule for each alternative", k)
			continue
		}
		sub := append(path[:len(path):len(path)], k)
		switch v := pattern[k].(type) {
		case map[string]any:
			switch {
			case c.headers:
				c.problem(at, "headers are flat; write a list of values")
			case misplacedOperator(v):
				c.problem(at, "an operator stands in a list; write [{%s: …}]", anyKey(v))
			default:
				branches = c.object(at, sub, v, inOr, branches)
			}
		case []any:
			branches = c.field(at, sub, v, branches)
		default:
			c.problem(at, "%s is not a list; write a list, like [%s]", shownValue(v), shownValue(v))
		}
	}
	return branches
}

// or gives each branch so far one successor for each alternative.
func (c *compiler) or(location string, path []string, v any, branches []match.Branch) []match.Branch {
	list, ok := v.([]any)
	if !ok || len(list) < 2 {
		c.problem(location, "$or takes a list of two or more patterns, like [{a: [1]}, {b: [2]}]")
		return branches
	}
	var forked []match.Branch
	for i, alternative := range list {
		at := fmt.Sprintf("%s[%d]", location, i)
		m, ok := alternative.(map[string]any)
		if !ok {
			c.problem(at, "%s is not a pattern; $or takes a list of patterns, like [{a: [1]}, {b: [2]}]", shownValue(alternative))
			continue
		}
		copies := make([]match.Branch, len(branches))
		for j, b := range branches {
			copies[j] = slices.Clip(b)
		}
		forked = append(forked, c.object(at, path, m, true, copies)...)
		if len(forked) > maxBranches {
			c.problem(location, "the alternatives of all $or multiply to more than %d; write several rules", maxBranches)
			return forked[:1]
		}
	}
	return forked
}

// misplacedOperator reports whether a map is a test without its list. With a list as argument it
// might be a field that is called like an operator, which is less likely than the slip.
func misplacedOperator(m map[string]any) bool {
	if len(m) != 1 || !isOperator(anyKey(m)) {
		return false
	}
	switch k := anyKey(m); v := m[k].(type) {
	case map[string]any:
		return len(v) == 1 && misplacedOperator(v)
	case []any:
		return k == "numeric" || k == "anything-but"
	}
	return true
}

func anyKey(m map[string]any) string {
	for k := range m {
		return k
	}
	return ""
}

func (c *compiler) field(location string, path []string, values []any, branches []match.Branch) []match.Branch {
	if len(values) == 0 {
		c.problem(location, "the list is empty and can match nothing; write a value or remove the field")
		return branches
	}
	// A dot in a key is as good as a level, as in Event Ruler.
	name := strings.Join(path, ".")
	keys := path[len(path)-1:]
	if !c.headers {
		keys = strings.Split(name, ".")
	}
	var matchers []match.Matcher
	for i, v := range values {
		at := fmt.Sprintf("%s[%d]", location, i)
		if m, ok := v.(map[string]any); ok {
			if t, ok := c.operator(at, m); ok {
				matchers = append(matchers, t)
			}
			continue
		}
		if t, ok := c.value(at, v); ok {
			matchers = append(matchers, t)
		}
	}
	f := match.NewField(name, keys, c.headers, location, matchers)
	twice := false
	for i, b := range branches {
		twice = twice || slices.ContainsFunc(b, func(o match.Field) bool { return o.Name() == name })
		branches[i] = append(b, f)
	}
	if twice {
		c.problem(location, "%s is named twice in one pattern; write all its values in one list, or each in an alternative of $or", name)
	}
	return branches
}

// value is exact, but for a text that is an address: it matches however the address is written.
func (c *compiler) value(location string, v any) (match.Matcher, bool) {
	if s, ok := v.(string); ok {
		if a, ok := ip.Parse([]byte(s)); ok {
			return match.Network(s, ip.Network{Base: a, Bits: a.Width()}), true
		}
	}
	return c.exact(location, v)
}

func (c *compiler) exact(location string, v any) (match.Matcher, bool) {
	switch v := v.(type) {
	case nil:
		return match.Null(), true
	case string:
		return match.Text(v), true
	case bool:
		if c.headers {
			c.problem(location, "a header's value is text; write %q", strconv.FormatBool(v))
			return match.Matcher{}, false
		}
		return match.Bool(v), true
	}
	if _, isList := v.([]any); isList {
		c.problem(location, "a list within the list is not a value; write all alternatives in one list")
		return match.Matcher{}, false
	}
	text, ok := numberText(v)
	if !ok {
		c.problem(location, "%s is not a value; write a string, number, true, false, null or an operator", shownValue(v))
		return match.Matcher{}, false
	}
	if c.headers {
		c.problem(location, "a header's value is text; write \"%s\"", shownValue(v))
		return match.Matcher{}, false
	}
	return match.Number(text), true
}

// numberText reads a number as YAML gives it.
func numberText(v any) (text string, ok bool) {
	switch v := v.(type) {
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), true
	case float64:
		// The shortest form is what was written, for any number a person would write.
		return strconv.FormatFloat(v, 'g', -1, 64), !math.IsNaN(v) && !math.IsInf(v, 0)
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// shownValue writes a value as it would stand in the configuration.
func shownValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case []any:
		return "a list"
	case map[string]any, map[any]any:
		return "a map"
	case string:
		return fmt.Sprintf("%q", excerpt.Of(v))
	default:
		return fmt.Sprint(v)
	}
}

// isScalar reports whether a value is neither a list nor a map.
func isScalar(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// words are written by this package, and not shortened as what a file holds is.
type words string
