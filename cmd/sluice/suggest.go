package main

import (
	"strings"

	"github.com/sluice-bridge/sluice/internal/suggest"
)

// nearest returns the candidate that a word was probably meant to be, or "".
func nearest(word string, candidates []string) string {
	return suggest.Closest(word, candidates, strings.ToLower)
}
