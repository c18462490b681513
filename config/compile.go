package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sluice-bridge/sluice/config/yamldoc"
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
		c.Addf("rules", "%s", err)
	}
	for _, p := range problems {
		if !c.echoes(p.Path) {
			c.expressed(p)
		}
	}
}

// expressed reports a problem of the router: what is wrong with an expression of several lines at the
// line of the file.
func (c *checker) expressed(p routing.Problem) {
	lines, ok := c.lines(p)
	if !ok {
		c.Addf(p.Path, "%s", errors.New(p.Message))
		return
	}
	for i, issue := range p.Issues {
		c.AddAt(lines[i], p.Path, fmt.Sprintf("%s (at character %d of the line)", issue.Message, lines[i].Column))
	}
}

// lines are where the issues of a problem stand in the file; false where that is at the place that the
// problem names.
func (c *checker) lines(p routing.Problem) ([]yamldoc.Location, bool) {
	all := make([]yamldoc.Location, len(p.Issues))
	for i, issue := range p.Issues {
		at, ok := c.InBlock(p.Path, issue.Line, issue.Character)
		if !ok {
			return nil, false
		}
		all[i] = at
	}
	return all, len(all) > 0
}

// echoes reports whether a problem of the router at this path is known from the checks above,
// which say it with more context, or only follows from something that could not be read.
func (c *checker) echoes(path string) bool {
	namesDestination := path == "unmatched" || strings.Contains(path, "].to[")
	return c.Blames(path) || c.UnreadWithin(path) || namesDestination && c.IsUnread("destinations")
}
