package config

import (
	"errors"
	"strings"

	"github.com/sluice-bridge/sluice/routing"
)

// compile has the router read the rules, because only it can say whether patterns and expressions
// are right.
func (c *checker) compile() {
	if _, err := routing.Compile(c.Routing()); err != nil {
		var problems routing.Problems
		if !errors.As(err, &problems) {
			c.addf("rules", "%s", err.Error())
		}
		for _, p := range problems {
			if !c.echoes(p.Path) {
				c.addf(p.Path, "%s", p.Message)
			}
		}
	}
	if c.Correlation.Field == "" {
		return
	}
	if _, err := routing.CompileExpression(c.Correlation.Field); err != nil {
		c.addf("correlation.field", "%s", err.Error())
	}
}

// echoes reports whether a problem of the router at this path is known from the checks above,
// which say it with more context, or only follows from something that could not be read.
func (c *checker) echoes(path string) bool {
	namesDestination := path == "unmatched" || strings.Contains(path, "].to[")
	return c.blames(path) || c.unreadWithin(path) || namesDestination && c.isUnread("destinations")
}
