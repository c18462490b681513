package drive

import (
	"strings"
	"testing"
)

// Patches have to follow the code that they take back.
func TestPatchesApply(t *testing.T) {
	all, err := Patches("../bites")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there are none")
	}
	for _, p := range all {
		if err := p.Check(t.Context(), "../../.."); err != nil {
			t.Errorf("it does not apply any more: %v", err)
		}
		if strings.Contains(p.What, "|") || !strings.HasSuffix(p.What, ".") {
			t.Errorf("%s: %q is no sentence for a table", p.Name, p.What)
		}
	}
}
