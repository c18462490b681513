package main

import (
	"os"

	"golang.org/x/term"
)

// isTerminal says whether a person types what is read, or reads what is written.
func isTerminal(r any) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
