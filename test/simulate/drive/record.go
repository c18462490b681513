package drive

import (
	"time"

	"github.com/sluice-bridge/sluice/test/page"
)

// Record writes the tally into a page.
func (t *Tally) Record(file string) error {
	return page.Record(file, "<!-- what `make simulate RECORD=1` writes -->\n", "<!-- its end -->\n", t.Markdown(time.Now()))
}
