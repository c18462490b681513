package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/routing"
)

// Table returns the compiled rules. Its destinations are in the order of DestinationNames.
func (c *Config) Table() *routing.Table { return c.table }

// CorrelationIDs returns what finds the correlation id of an event.
func (c *Config) CorrelationIDs() *routing.Correlation { return c.correlation }

// compile has the router read the rules, because only it can say whether patterns and expressions
// are right.
func (c *checker) compile() {
	var err error
	o := c.routing()
	o.Compiled = func(place string, e *routing.Expression) { c.attributes[place] = e }
	c.table, err = routing.Compile(o)
	c.routed(err)
	c.correlation, err = routing.CompileCorrelation(c.Correlation.Headers, c.Correlation.Field)
	c.routed(err)
}

// routing is what the rules are compiled from. A section of destinations that could not be read may well hold those
// that are named.
func (c *checker) routing() routing.Options {
	o := c.Routing()
	if !c.IsUnread("destinations") {
		return o
	}
	named := []string{c.Unmatched}
	for i := range c.Rules {
		named = append(named, c.Rules[i].To...)
	}
	slices.Sort(named)
	for _, name := range slices.Compact(named) {
		if _, ok := c.Destinations[name]; !ok {
			o.Destinations = append(o.Destinations, routing.Destination{Name: name})
		}
	}
	return o
}

// routed reports what the router found.
func (c *checker) routed(err error) {
	var problems routing.Problems
	if err != nil && !errors.As(err, &problems) {
		c.Addf("rules", "%s", err)
	}
	for _, p := range problems {
		if !slices.ContainsFunc(subjects(p.Path), c.UnreadWithin) { // else it may only follow from that
			c.expressed(p)
		}
	}
}

var wholeRule = regexp.MustCompile(`^rules\[[0-9]+\]$`)

// subjects are the paths that a problem of the router is about: with a rule as a whole, those that can be at odds.
func subjects(path string) []string {
	if !wholeRule.MatchString(path) {
		return []string{path}
	}
	return []string{path + ".to", path + ".drop"}
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
