package report

import (
	"encoding/json"
	"io"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/doctor"
)

// Finding is one thing that is told of a configuration, or of what it refers to.
type Finding struct {
	// Severity is "error", "warning", "note" or "ok".
	Severity string `json:"severity"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Path     string `json:"path,omitempty"`
	Message  string `json:"message"`
}

// Errors are the problems of a configuration.
func Errors(problems config.Problems) []Finding { return findings("error", problems) }

// Warnings are those of a configuration.
func Warnings(problems config.Problems) []Finding { return findings("warning", problems) }

func findings(severity string, problems config.Problems) []Finding {
	all := make([]Finding, 0, len(problems))
	for _, p := range problems {
		all = append(all, Finding{severity, p.File, p.Line, p.Column, p.Path, p.Message})
	}
	return all
}

var severities = map[doctor.Result]string{doctor.OK: "ok", doctor.Note: "note", doctor.Failed: "error"}

// Checked is what the doctor has found.
func Checked(c doctor.Check) Finding {
	return Finding{Severity: severities[c.Result], Path: c.Place, Message: c.Message}
}

// JSON writes findings as an array.
func JSON(w io.Writer, all []Finding) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}
