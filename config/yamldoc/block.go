package yamldoc

import (
	"strings"
	"unicode"
)

// InBlock returns where a character of the text at a path stands in the file, if that is a block of lines; line
// and character count from one within the text. YAML takes away white space, by which lines are indented and
// folded, so that only the other characters are counted.
func (r *Report) InBlock(path string, line, character int) (Location, bool) {
	block := r.Location(path).block
	if block == nil {
		return Location{}, false
	}
	lines := strings.Split(block.Value, "\n")
	if line < 1 || line > len(lines) {
		return Location{}, false
	}
	last := []rune(lines[line-1])
	before := inked(strings.Join(lines[:line-1], "")) + inked(string(last[:min(character-1, len(last))]))
	behind := 0
	if before == inked(block.Value) { // what is missing at the end is behind the last character
		before, behind = before-1, 1
	}
	for n := block.Line; n < len(r.source); n++ {
		for column, c := range []rune(r.source[n]) {
			switch {
			case unicode.IsSpace(c):
			case before == 0:
				return Location{Line: n + 1, Column: column + 1 + behind}, true
			default:
				before--
			}
		}
	}
	return Location{}, false
}

// inked counts the characters that are no white space.
func inked(text string) (n int) {
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}
