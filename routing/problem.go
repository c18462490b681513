package routing

import (
	"errors"
	"strings"

	"github.com/sluice-bridge/sluice/routing/expr/remedy"
)

// Problem is one thing wrong with the options, at a place within them.
type Problem struct {
	// Path is the place as in the configuration: "rules[2].match.total", "destinations.ledger.group_id".
	Path string
	// Message is one sentence that says what is wrong and what to write instead.
	Message string
	// Issues are what is wrong with the expression at the place, one by one; nil where the problem is
	// none of an expression. Message joins them.
	Issues []remedy.Issue
}

// problemOf is a problem with an expression.
func problemOf(path string, err error) Problem {
	p := Problem{Path: path, Message: err.Error()}
	var at remedy.Issues
	if errors.As(err, &at) {
		p.Issues = at
	}
	return p
}

// Problems is every problem found, in the order of the options.
type Problems []Problem

// Error joins the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Path + ": " + p[i].Message
	}
	return strings.Join(lines, "\n")
}
