package fault

import (
	"time"

	"github.com/sluice-bridge/sluice/test/page"
)

// The marks in a page between which the table stands.
const (
	tableBegin = "<!-- what `make fault RECORD=1` writes -->\n"
	tableEnd   = "<!-- its end -->\n"
)

// Record writes the table of results into a page.
func Record(file string, results []Result) error {
	return page.Record(file, tableBegin, tableEnd, Markdown(results, time.Now()))
}
