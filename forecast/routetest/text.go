package routetest

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Text writes the cases that failed, and a summary, for people.
func Text(to io.Writer, suites []*Suite) error {
	out := bufio.NewWriter(to)
	cases, failed := 0, 0
	for _, s := range suites {
		cases += len(s.Results)
		failed += s.Failed()
		for i := range s.Results {
			if v := &s.Results[i]; len(v.Misses) > 0 {
				excerpt.Fprintf(out, "FAIL  %s:%d: %s\n", s.Path, v.Line, v.Name)
				fmt.Fprint(out, indent(v.Misses.String(), "  "), indent("explanation\n"+indent(v.Explanation, "  "), "  "), "\n")
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

// Misses are the expectations of a case that were not met.
type Misses []Miss

// String writes each with what was wanted and what came.
func (all Misses) String() string {
	var b strings.Builder
	for _, m := range all {
		excerpt.Fprintf(&b, "%s\n  want  %s\n  got   %s\n", m.Path, m.Want, m.Got)
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
