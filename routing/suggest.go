package routing

import (
	"fmt"
	"strings"

	"github.com/sluice-bridge/sluice/internal/suggest"
)

// didYouMean returns `; did you mean "x"?` for the known name closest to what was written, or
// nothing where none is close.
func didYouMean(written string, known []string) string {
	near := suggest.Closest(written, known, strings.ToLower)
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", near)
}
