// Package page writes what runs came to into the documents.
package page

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// Record puts a text between two lines of a page, each with its end.
func Record(file, begin, end, text string) error {
	have, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(have), begin)
	_, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		return fmt.Errorf("%s has no lines %q and %q for the results to stand between", file, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(file, []byte(before+begin+"\n"+text+"\n"+end+after), 0o644)
}

// Stamp says when and where something was run.
func Stamp(at time.Time) string {
	return fmt.Sprintf("On %s, with %s for %s/%s on %d processors.", at.UTC().Format(time.DateOnly),
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
