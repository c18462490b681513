package yamlconf

import (
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

// Nearest returns the candidate that a word was probably meant to be, or "".
func Nearest(word string, candidates []string) string {
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

// closest is Nearest without that.
func closest(word string, candidates []string) string {
	return suggest.Closest(word, candidates, plainName)
}

// plainName makes spellings comparable: maxMessages, max-messages and MAX_MESSAGES are one.
func plainName(s string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(s))
}

// Listing writes names as a sentence does: a, b and c.
func Listing(names []string, word string) yamldoc.Verbatim {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return yamldoc.Verbatim(names[0])
	}
	last := len(names) - 1
	return yamldoc.Verbatim(strings.Join(names[:last], ", ") + " " + word + " " + names[last])
}
