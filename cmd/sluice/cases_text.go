package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// printResults prints the cases that failed, and a summary.
func printResults(to io.Writer, suites []*suite, cases, failed int) error {
	out := bufio.NewWriter(to)
	for _, s := range suites {
		for i := range s.results {
			if v := &s.results[i]; len(v.misses) > 0 {
				excerpt.Fprintf(out, "FAIL  %s:%d: %s\n", s.path, v.line, v.name)
				fmt.Fprint(out, indent(v.misses.String(), "  "), indent("explanation\n"+indent(v.explanation, "  "), "  "), "\n")
			}
		}
	}
	if failed > 0 {
		excerpt.Fprintf(out, "%s, %d failed\n", excerpt.Plural(cases, "case"), failed)
	} else {
		excerpt.Fprintf(out, "%s passed\n", excerpt.Plural(cases, "case"))
	}
	return out.Flush()
}

// misses are the expectations that were not met.
type misses []miss

// String writes each with what was wanted and what came.
func (all misses) String() string {
	var b strings.Builder
	for _, m := range all {
		excerpt.Fprintf(&b, "%s\n  want  %s\n  got   %s\n", m.path, m.want, m.got)
	}
	return b.String()
}

// indent moves every line that is not empty, and ends the last one.
func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if line != "" {
			b.WriteString(by + line)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
