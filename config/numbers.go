package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/routing/expr"
	"github.com/sluice-bridge/sluice/routing/expr/remedy"
)

// checkNumbers warns of expressions that are written as texts, in part or in whole, and read as
// numbers.
func (c *checker) checkNumbers() {
	numbers := c.numbers()
	for _, path := range slices.Sorted(maps.Keys(c.Expressions)) {
		text := c.Expressions[path]
		if sum, ok := expr.Sum(text); ok && !numbers[path] {
			c.Warnf(path, `this is read as numbers, which gives %s; write a text in quotes of its own, as in '"%s"'`, sum, strings.TrimSpace(text))
			continue
		}
		part, sum := expr.SumWithin(text)
		if sum == "" {
			continue
		}
		other := ""
		if time := remedy.AsTimestamp(part); time != "" {
			other = ", or " + time + " for the time"
		} else if strings.Contains(part, "-") {
			other = ", or spaces around the - for a difference"
		}
		c.Warnf(path, `%s is read as numbers, which gives %s; write "%[1]s" for a text%[3]s`, part, sum, other)
	}
}

// numbers are the paths of the attributes that have the type Number wherever they are sent.
func (c *checker) numbers() map[string]bool {
	paths := map[string]bool{}
	for name, d := range c.Destinations {
		for key := range d.Attributes {
			paths[yamldoc.Join("destinations."+name+".attributes", key)] = d.AttributeTypes[key] == attribute.Number
		}
	}
	for i, rule := range c.Rules {
		for key := range rule.Attributes {
			paths[yamldoc.Join(yamldoc.Index("rules", i)+".attributes", key)] = !slices.ContainsFunc(rule.To, func(to string) bool {
				return c.Destinations[to].AttributeTypes[key] != attribute.Number
			})
		}
	}
	return paths
}
