package config

import (
	"errors"
	"strings"

	"github.com/sluice-bridge/sluice/routing"
)

// compile has the router read the rules, because only it can say whether patterns and expressions
// are right.
func (c *checker) compile() {
	_, err := routing.Compile(c.Routing())
	c.routed(err)
	_, err = routing.CompileCorrelation(c.Correlation.Headers, c.Correlation.Field)
	c.routed(err)
}

// routed reports what the router found.
func (c *checker) routed(err error) {
	var problems routing.Problems
	if err != nil && !errors.As(err, &problems) {
		c.addf("rules", "%s", err.Error())
	}
	for _, p := range problems {
		if !c.echoes(p.Path) {
			c.addf(p.Path, "%s", p.Message)
		}
	}
}

// echoes reports whether a problem of the router at this path is known from the checks above,
// which say it with more context, or only follows from something that could not be read.
func (c *checker) echoes(path string) bool {
	namesDestination := path == "unmatched" || strings.Contains(path, "].to[")
	return c.blames(path) || c.unreadWithin(path) || namesDestination && c.isUnread("destinations")
}
