package report

import (
	"bufio"
	"io"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/doctor"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Summary says for people what a configuration, of that path, does, and its warnings. The error is one of writing.
func Summary(out io.Writer, path string, cfg *config.Config) error {
	w := bufio.NewWriter(out)
	excerpt.Fprintf(w, "%s is valid.\n\n", path)
	for _, line := range doctor.Summarize(cfg) {
		excerpt.Fprintf(w, "  %-14s%s\n", line.Label, line.Text)
	}
	if len(cfg.Warnings) > 0 {
		excerpt.Fprintf(w, "\n")
	}
	for _, warning := range cfg.Warnings {
		excerpt.Fprintf(w, "warning: %s\n", warning.Error())
	}
	return w.Flush()
}

// Check writes a check on one line, which begins with its result.
func Check(w io.Writer, c doctor.Check) {
	excerpt.Fprintf(w, "%-4s  %s: %s\n", c.Result, c.Place, c.Message)
}
