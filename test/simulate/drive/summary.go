package drive

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sluice-bridge/sluice/test/page"
	"github.com/sluice-bridge/sluice/test/simulate"
)

const mostPairs = 20 // that are listed

// Text is the tally for a terminal.
func (t *Tally) Text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	family := ""
	for i, f := range simulate.Features {
		if f.Family != family {
			family = f.Family
			fmt.Fprintf(w, "\n%s\tscenarios\n", family)
		}
		fmt.Fprintf(w, "  %s\t%d\n", f.Name, t.features[i])
	}
	fmt.Fprintln(w)
	for _, f := range t.facts() {
		fmt.Fprintf(w, "%s\t%s\n", f[0], f[1])
	}
	met, all, never, rare := t.holes(mostPairs)
	fmt.Fprintf(w, "pairs met\t%d of %d\n", met, all)
	_ = w.Flush() // a strings.Builder takes everything
	fmt.Fprintf(&b, "no scenario has: %s\npairs never met: %s\nrarest pairs: %s\n",
		some(t.missing(), len(simulate.Features)), some(never, mostPairs), some(rare, mostPairs))
	return b.String()
}

// Markdown is the tally for a page.
func (t *Tally) Markdown(at time.Time) string {
	var b strings.Builder
	line := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	fmt.Fprintf(&b, "%s\n\n", page.Stamp(at))
	line("", "")
	line("---", "---")
	for _, f := range t.facts() {
		line(f[0], f[1])
	}
	met, all, never, rare := t.holes(mostPairs)
	line("pairs of features met", fmt.Sprintf("%d of %d", met, all))
	line("features that no scenario had", some(t.missing(), len(simulate.Features)))
	line("pairs never met", some(never, mostPairs))
	line("rarest pairs", some(rare, mostPairs))
	b.WriteString("\n")
	line("", "feature", "scenarios")
	line("---", "---", "---")
	for i, f := range simulate.Features {
		line(f.Family, f.Name, fmt.Sprint(t.features[i]))
	}
	return b.String()
}
