package fault

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// The marks in a page between which the table stands.
const (
	tableBegin = "<!-- what `make fault RECORD=1` writes -->\n"
	tableEnd   = "<!-- its end -->\n"
)

// Record writes the table of results into a page.
func Record(page string, results []Result) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), tableBegin)
	_, after, closed := strings.Cut(rest, tableEnd)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the table: write %s%s", page, tableBegin, tableEnd)
	}
	return os.WriteFile(page, []byte(before+tableBegin+"\n"+Markdown(results, time.Now())+"\n"+tableEnd+after), 0o644)
}
