package config

import (
	"slices"
	"strings"
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

// closest returns the candidate with the fewest slips of the keyboard between it and a word, or
// "" where all take too many.
func closest(word string, candidates []string) string {
	// Nobody mistypes a name of hundreds of characters, and the distance is quadratic.
	if len(word) > 64 {
		return ""
	}
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if len(c) > 64 {
			continue
		}
		if d := distance(plainName(word), plainName(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// plainName makes spellings comparable: maxMessages, max-messages and MAX_MESSAGES are one.
func plainName(s string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(s))
}

// distance counts the insertions, deletions, replacements and swaps of neighbours that turn a
// into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// listing writes names as a sentence does: a, b and c.
func listing(names []string, word string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + word + " " + names[last]
}
