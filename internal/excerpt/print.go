package excerpt

import (
	"fmt"
	"io"
	"reflect"
)

// Fprintf prints for a person. Only the format lays out lines: the texts and errors among the arguments may
// be quoting a producer, a registry or whoever wrote a dead letter, so each stays on its line and does
// nothing to the terminal.
func Fprintf(w io.Writer, format string, args ...any) {
	for i, arg := range args {
		switch v := arg.(type) {
		case error:
			args[i] = Line(v.Error())
		case fmt.Stringer:
			args[i] = Line(v.String())
		default:
			if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
				args[i] = Line(v.String())
			}
		}
	}
	fmt.Fprintf(w, format, args...) // a writer that matters keeps its error for Flush
}

// OrNone is a text, or the word for none.
func OrNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// Plural counts things: "1 event", "2 events".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
