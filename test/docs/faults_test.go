package docs

import (
	"slices"
	"testing"

	"github.com/sluice-bridge/sluice/test/fault"
)

// The page of figures has every schedule, and none that did not pass.
func TestFaultsAreRecorded(t *testing.T) {
	d := readDocument(t, "docs/RELIABILITY.md")
	told, recorded := first(d.table(t, "### What each does")), d.table(t, "### What came of it")
	for _, s := range fault.Schedules {
		if !slices.Contains(told, s.Name) || !slices.Contains(first(recorded), s.Name) {
			t.Errorf("the schedule %s is not in the tables; `make fault RECORD=1` writes them", s.Name)
		}
	}
	for _, row := range recorded {
		if row[len(row)-1] != "passed" {
			t.Errorf("recorded: %q", row)
		}
	}
}
