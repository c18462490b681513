// Package excerpt bounds texts that quote from an event: a failure may name all of a value.
package excerpt

import "unicode/utf8"

// Limit is how many bytes are kept, the mark of what is missing left out.
const Limit = 1 << 10

// Of returns the text, or the first Limit bytes of a longer one and "…". It cuts no character.
func Of(text string) string {
	if len(text) <= Limit {
		return text
	}
	end := Limit
	for end > Limit-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
