package routing

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What the tables tell people to write compiles as it stands.
func TestExamplesOfRemediesCompile(t *testing.T) {
	example := regexp.MustCompile(`(?:as in|^) (.+?)(?:; |: what|, which|, and |, or | for | to | or |, as in |$)`)
	var texts []string
	for _, m := range []map[string]string{meanings, wordMeanings, valueNames} {
		texts = append(texts, slices.Collect(maps.Values(m))...)
	}
	for _, h := range functionHints {
		texts = append(texts, strings.ReplaceAll(h.meant, "NAME", "round"))
	}
	for _, f := range forms {
		texts = append(texts, f.meant)
	}
	for _, f := range formatProblems {
		texts = append(texts, f.remedy)
	}
	for _, f := range slices.Concat(failures, macroProblems) {
		texts = append(texts, f.remedy)
	}
	compiled := 0
	for _, text := range texts {
		for _, m := range example.FindAllStringSubmatch(text, -1) {
			compiled++
			if _, err := CompileExpression(m[1]); err != nil {
				t.Errorf("%q: %s: %v", text, m[1], err)
			}
		}
	}
	if compiled < 60 {
		t.Errorf("only %d examples were found", compiled)
	}
}
