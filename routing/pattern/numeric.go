package pattern

import (
	"math"
	"strconv"

	"github.com/sluice-bridge/sluice/internal/decimal"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

const numericForm = `takes comparisons, like [">=", 100] or [">", 0, "<=", 5]`

// numeric takes one comparison, or a lower bound and an upper bound in this order.
func (c *compiler) numeric(location string, arg any) (match.Matcher, bool) {
	if c.headers {
		c.problem(location, "a header's value is text, so this can never match; use when, like int(headers.attempt) >= 3")
		return match.Matcher{}, false
	}
	list, _ := arg.([]any)
	if len(list) != 2 && len(list) != 4 {
		c.problem(location, numericForm)
		return match.Matcher{}, false
	}
	within := match.Span{Low: -math.MaxFloat64, High: math.MaxFloat64}
	for i := 0; i < len(list); i += 2 {
		sign, _ := list[i].(string)
		n, ok := c.bound(location, sign, list[i], list[i+1])
		if !ok {
			return match.Matcher{}, false
		}
		upper := sign == "<" || sign == "<="
		if len(list) == 4 && upper != (i == 2) || len(list) == 4 && sign == "=" {
			c.problem(location, "a range has a lower bound, then an upper bound, like [\">\", 0, \"<=\", 5]")
			return match.Matcher{}, false
		}
		switch sign {
		case "=":
			within = match.Span{Low: n, High: n}
		case "<", "<=":
			within.High, within.OpenHigh = n, sign == "<"
		default:
			within.Low, within.OpenLow = n, sign == ">"
		}
	}
	if len(list) == 4 && within.Low > within.High {
		c.problem(location, "the lower bound, %s, is above the upper one; swap the two numbers", shownValue(list[1]))
		return match.Matcher{}, false
	}
	if len(list) == 4 && within.Low == within.High {
		c.problem(location, "the lower bound is not below the upper one; for one number write [\"=\", %s]", shownValue(list[1]))
		return match.Matcher{}, false
	}
	if list[0] != "=" && within.Low == within.High {
		c.problem(location, "%s is the end of all numbers that can be compared; remove the bound", shownValue(list[1]))
		return match.Matcher{}, false
	}
	return match.Range(within), true
}

// bound reads one comparison.
func (c *compiler) bound(location, sign string, written, v any) (float64, bool) {
	switch sign {
	case "=", "<", "<=", ">", ">=":
	default:
		c.problem(location, "%s is not a comparison; write one of = < <= > >=", shownValue(written))
		return 0, false
	}
	text, ok := numberText(v)
	if s, isText := v.(string); isText {
		if jsonscan.Valid([]byte(s)) && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') {
			c.problem(location, "%q is a text; take away the quotes", s)
			return 0, false
		}
	}
	if !ok {
		c.problem(location, "%s is not a number; it %s", shownValue(v), numericForm)
		return 0, false
	}
	n, ok := decimal.Float([]byte(text))
	if ok {
		return n, true
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		c.problem(location, "%s is beyond the numbers that can be compared, which end at 1.8e308; write a smaller one, or remove the bound", text)
	} else {
		c.problem(location, "%s has more digits, or a smaller exponent, than a number that can be compared; write up to 15 digits", text)
	}
	return 0, false
}
