package yamldoc

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a configuration.
type Problem struct {
	// File is the name of the file, or "environment".
	File string
	// Line and Column count from one; both are zero where the problem has no place in the file,
	// such as a section that is missing altogether.
	Line, Column int
	// Path is the place within the configuration ("destinations.ledger.ordering"), or the name of
	// the environment variable that set it.
	Path string
	// Message is one sentence: what is wrong, and what to write instead. It never holds a secret.
	Message string
}

// Error prints the problem on one line: file, line, path, sentence.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Problems is everything found wrong with a configuration, in the order of the file.
type Problems []Problem

// Error prints the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Sort orders by place in the file; what has no line comes last.
func (p Problems) Sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(lineOrLast(a.Line), lineOrLast(b.Line)),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path),
		)
	})
}

func lineOrLast(line int) int {
	if line == 0 {
		return int(^uint(0) >> 1)
	}
	return line
}
