package report

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Report is something to show. Its JSON is that of its fields.
type Report interface {
	// Text writes lines for people.
	Text(w io.Writer)
}

// JSON writes a report on a line.
func JSON(w io.Writer, r Report) error {
	b, err := json.Marshal(r)
	if err == nil {
		_, err = fmt.Fprintf(w, "%s\n", b)
	}
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return nil
}

// sent says what has become of messages.
func sent(w io.Writer, t telemetry.Totals) {
	counts(w, t.Acknowledged, "acknowledged by %s")
	counts(w, t.DeadLettered, "refused by %s")
	counts(w, t.Letters, "new dead letters: %s")
	if t.Dropped > 0 {
		counts(w, map[string]int64{"rules": t.Dropped}, "dropped by %s")
	}
}

// counts writes numbers by name, in the order of the names.
func counts[K ~string](w io.Writer, of map[K]int64, format string) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		excerpt.Fprintf(w, "  %d "+format+"\n", of[name], name)
	}
}

// failure is the text of an error, empty for none.
func failure(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
