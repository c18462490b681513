package config

import (
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/internal/suggest"
)

// nearest returns the candidate that a word was probably meant to be, or "".
func nearest(word string, candidates []string) string {
	if c := closest(word, candidates); c != "" {
		return c
	}
	// warning for warn, linger_ms for linger.
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if len(c) > 2 && strings.HasPrefix(plainName(word), plainName(c)) {
			return c
		}
	}
	return ""
}

// closest is nearest without that.
func closest(word string, candidates []string) string {
	return suggest.Closest(word, candidates, plainName)
}

// plainName makes spellings comparable: maxMessages, max-messages and MAX_MESSAGES are one.
func plainName(s string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(s))
}

// words are written by the bridge, and not shortened as what a file holds is.
type words string

// listing writes names as a sentence does: a, b and c.
func listing(names []string, word string) words {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return words(names[0])
	}
	last := len(names) - 1
	return words(strings.Join(names[:last], ", ") + " " + word + " " + names[last])
}
