package drive

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/test/simulate"
)

// Story tells a scenario in words, and what is violated: the first of a check, or all where that is empty.
func Story(sc *simulate.Scenario, r *simulate.Result, check string) string {
	var b strings.Builder
	b.WriteString(sc.Words())
	for _, d := range r.Done {
		if d.Error != "" {
			fmt.Fprintf(&b, "%10s  %s does not work: %s\n", d.Event.At, d.Event.Do, d.Error)
		}
	}
	all := r.Violations
	if v := failure(r, check); v != nil {
		all = []simulate.Violation{*v}
	}
	for _, v := range all {
		fmt.Fprintf(&b, "%10s  %s is violated: %s\n", v.At.Round(time.Millisecond), v.Promise, strings.TrimSpace(v.Text))
	}
	if len(all) == 0 {
		b.WriteString("Nothing is violated.\n")
	}
	return b.String()
}
