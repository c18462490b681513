package remedy

import (
	"maps"
	"slices"
	"strings"
)

// Advice is what the tables tell people to write.
func Advice() []string {
	var texts []string
	for _, m := range []map[string]string{symbolMeanings, wordMeanings, valueNames} {
		texts = append(texts, slices.Collect(maps.Values(m))...)
	}
	for _, h := range functionHints {
		texts = append(texts, strings.ReplaceAll(h.meant, "NAME", "round"))
	}
	for _, f := range slipForms {
		texts = append(texts, f.meant)
	}
	for _, f := range formatProblems {
		texts = append(texts, f.remedy)
	}
	for _, f := range slices.Concat(failureRemedies, macroProblems) {
		texts = append(texts, f.remedy)
	}
	return texts
}
