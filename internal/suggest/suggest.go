// Package suggest finds what a mistyped name was probably meant to be.
package suggest

import (
	"fmt"
	"slices"
	"strings"
)

// Closest returns the candidate with the fewest slips of the keyboard between it and a word, or ""
// where all take too many. Spellings that plain makes the same are the same.
func Closest(word string, candidates []string, plain func(string) string) string {
	// Nobody mistypes a name of hundreds of characters, and the distance is quadratic.
	const longest = 64
	if len(word) > longest {
		return ""
	}
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if len(c) > longest {
			continue
		}
		if d := Distance(plain(word), plain(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// Name returns the known name closest to what was written, whatever its capitals, or "" where none is close.
func Name(written string, known []string) string { return Closest(written, known, strings.ToLower) }

// DidYouMean returns `; did you mean "x"?` for the Name, or nothing where there is none.
func DidYouMean(written string, known []string) string {
	near := Name(written, known)
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", near)
}

// Nearest returns the candidate that a key or name was probably meant to be, however it is spelt, or "".
func Nearest(word string, candidates []string) string {
	if c := Closest(word, candidates, Plain); c != "" {
		return c
	}
	// warning for warn, linger_ms for linger.
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if len(c) > 2 && strings.HasPrefix(Plain(word), Plain(c)) {
			return c
		}
	}
	return ""
}

// Plain makes spellings comparable: maxRecords, max-records and MAX_RECORDS are one.
func Plain(s string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(s))
}

// Distance counts the insertions, deletions, replacements and swaps of neighbours that turn a
// into b.
func Distance(a, b string) int {
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
