package main

import (
	"fmt"
	"io"
	"reflect"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// sayf prints for a person. Only the format lays out lines: the texts and errors among the arguments may
// be quoting a producer, a registry or whoever wrote a dead letter, so each stays on its line and does
// nothing to the terminal.
func sayf(w io.Writer, format string, args ...any) {
	for i, arg := range args {
		switch v := arg.(type) {
		case error:
			args[i] = excerpt.Line(v.Error())
		case fmt.Stringer:
			args[i] = excerpt.Line(v.String())
		default:
			if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
				args[i] = excerpt.Line(v.String())
			}
		}
	}
	fmt.Fprintf(w, format, args...) // a writer that matters keeps its error for Flush
}
