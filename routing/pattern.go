package routing

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
)

// patternCompiler turns a match or headers map into fields. It gathers every problem.
type patternCompiler struct {
	headers  bool
	fields   []field
	problems *Problems
}

func (c *patternCompiler) problem(place, format string, args ...any) {
	*c.problems = append(*c.problems, Problem{Path: place, Message: fmt.Sprintf(format, args...)})
}

func (c *patternCompiler) compile(place string, path []string, pattern map[string]any) {
	keys := make([]string, 0, len(pattern))
	for k := range pattern {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		at := place + "." + k
		sub := append(path[:len(path):len(path)], k)
		switch v := pattern[k].(type) {
		case map[string]any:
			switch {
			case c.headers:
				c.problem(at, "headers are flat; write a list of values")
			case len(v) == 0:
				c.problem(at, "the pattern is empty; write a list of values or remove it")
			case len(v) == 1 && isOperator(anyKey(v)):
				c.problem(at, "an operator stands in a list; write [{%s: …}]", anyKey(v))
			default:
				c.compile(at, sub, v)
			}
		case []any:
			if k == "$or" {
				c.problem(at, "$or is not supported; write a rule for each alternative")
				continue
			}
			c.field(at, sub, v)
		default:
			c.problem(at, "%s is no list; write a list, like [%s]", shown(v), shown(v))
		}
	}
}

func anyKey(m map[string]any) string {
	for k := range m {
		return k
	}
	return ""
}

func (c *patternCompiler) field(place string, path []string, values []any) {
	if len(values) == 0 {
		c.problem(place, "the list is empty and can match nothing; write a value or remove the field")
		return
	}
	f := field{path: path}
	for i, v := range values {
		at := fmt.Sprintf("%s[%d]", place, i)
		if m, ok := v.(map[string]any); ok {
			if t, ok := c.operator(at, m); ok {
				f.tests = append(f.tests, t)
			}
			continue
		}
		if t, ok := c.exact(at, v); ok {
			f.tests = append(f.tests, t)
		}
	}
	c.fields = append(c.fields, f)
}

func (c *patternCompiler) exact(place string, v any) (test, bool) {
	switch v := v.(type) {
	case nil:
		return test{kind: kindNull}, true
	case string:
		return test{kind: kindString, text: []byte(v)}, true
	case bool:
		if c.headers {
			c.problem(place, "a header's value is text; write %q", strconv.FormatBool(v))
			return test{}, false
		}
		if v {
			return test{kind: kindTrue}, true
		}
		return test{kind: kindFalse}, true
	case []any, map[string]any, map[any]any:
		c.problem(place, "%s is no value; write a string, number, true, false, null or an operator", shown(v))
		return test{}, false
	}
	n, ok := number(v)
	if !ok {
		c.problem(place, "%s is no value; write a string, number, true, false, null or an operator", shown(v))
		return test{}, false
	}
	if c.headers {
		c.problem(place, "a header's value is text; write \"%s\"", shown(v))
		return test{}, false
	}
	return test{kind: kindNumber, num: n}, true
}

// number reads a number as YAML gives it.
func number(v any) (decimal, bool) {
	var text string
	switch v := v.(type) {
	case int:
		text = strconv.Itoa(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	case uint64:
		text = strconv.FormatUint(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return decimal{}, false
		}
		// The shortest form is what was written, for any number a person would write.
		text = strconv.FormatFloat(v, 'g', -1, 64)
	case json.Number:
		text = v.String()
	default:
		return decimal{}, false
	}
	return parseDecimal([]byte(text)), true
}

// shown writes a value as it would stand in the configuration.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case []any:
		return "a list"
	case map[string]any, map[any]any:
		return "a map"
	default:
		return fmt.Sprint(v)
	}
}
