package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

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
		c.addf("rules", "%s", err)
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
		c.addf(p.Path, "%s", errors.New(p.Message))
		return
	}
	for i, issue := range p.Issues {
		c.addAt(lines[i], p.Path, fmt.Sprintf("%s (at character %d of the line)", issue.Message, lines[i].column))
	}
}

// lines are where the issues of a problem stand in the file; false where that is at the place that the
// problem names.
func (c *checker) lines(p routing.Problem) ([]place, bool) {
	block := c.place(p.Path).block
	if block == nil {
		return nil, false
	}
	all := make([]place, len(p.Issues))
	for i, issue := range p.Issues {
		at, ok := c.within(block, issue)
		if !ok {
			return nil, false
		}
		all[i] = at
	}
	return all, len(all) > 0
}

// within is where an issue of the text of a block stands in the file. YAML takes away white space, by
// which lines are indented and folded, so that only the other characters are counted.
func (c *checker) within(block *yaml.Node, issue routing.Issue) (place, bool) {
	lines := strings.Split(block.Value, "\n")
	if issue.Line < 1 || issue.Line > len(lines) {
		return place{}, false
	}
	last := []rune(lines[issue.Line-1])
	before := inked(strings.Join(lines[:issue.Line-1], "")) + inked(string(last[:min(issue.Character-1, len(last))]))
	behind := 0
	if before == inked(block.Value) { // what is missing at the end is behind the last character
		before, behind = before-1, 1
	}
	for n := block.Line; n < len(c.source); n++ {
		for column, r := range []rune(c.source[n]) {
			switch {
			case unicode.IsSpace(r):
			case before == 0:
				return place{line: n + 1, column: column + 1 + behind}, true
			default:
				before--
			}
		}
	}
	return place{}, false
}

// inked counts the characters that are no white space.
func inked(text string) (n int) {
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// echoes reports whether a problem of the router at this path is known from the checks above,
// which say it with more context, or only follows from something that could not be read.
func (c *checker) echoes(path string) bool {
	namesDestination := path == "unmatched" || strings.Contains(path, "].to[")
	return c.blames(path) || c.unreadWithin(path) || namesDestination && c.isUnread("destinations")
}
