package drive

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/test/page"
)

// found is what came of a patch in a few words.
func (b *Bite) found() string {
	switch {
	case b.Found != "":
		return fmt.Sprintf("%s, after %d", b.Found, b.Runs)
	case b.Beyond != "":
		return "not: " + b.Beyond
	}
	return fmt.Sprintf("not in %d", b.Runs)
}

// size is how much is left of the scenario.
func (b *Bite) size() string {
	if b.Scenario == nil {
		return ""
	}
	records := 0
	for _, burst := range b.Scenario.Bursts {
		records += burst.Count
	}
	return fmt.Sprintf("%d events, %d records, %d destinations", len(b.Scenario.Events), records, len(b.Scenario.Setup.Destinations))
}

// Line tells of a patch.
func (b *Bite) Line() string {
	return strings.TrimRight(fmt.Sprintf("%s: %s; %s", b.Name, b.found(), b.size()), "; ")
}

// BiteTable is what came of patches, for a page.
func BiteTable(all []*Bite) string {
	var b strings.Builder
	b.WriteString("| taken back | what that does | found, and after how many scenarios | shrunk to |\n|---|---|---|---|\n")
	found := 0
	for _, bite := range all {
		if bite.Found != "" {
			found++
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", bite.Name, bite.What, bite.found(), bite.size())
	}
	fmt.Fprintf(&b, "\n%d of %d are found.\n", found, len(all))
	return b.String()
}

// RecordBites writes what came of all patches into a page.
func RecordBites(file string, all []*Bite) error {
	return page.Record(file, "<!-- what `make simulate-bites RECORD=1` writes -->\n", "<!-- its end -->\n",
		page.Stamp(time.Now())+"\n\n"+BiteTable(all))
}
