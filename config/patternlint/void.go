package patternlint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// WarnVoid warns of tests of one field of the pattern at a path, in its list or in alternatives of $or, that leave
// nothing out.
func WarnVoid(r *yamldoc.Report, path string, pattern map[string]any) {
	for key, below := range pattern {
		at := yamldoc.Join(path, key)
		switch below := below.(type) {
		case map[string]any:
			WarnVoid(r, at, below)
		case []any:
			if key == "$or" {
				warnAlternatives(r, at, below)
			} else if what := voidly(below); what != "" {
				r.Warnf(at, "one test is enough to match, and %s", excerpt.Verbatim(what))
			}
		}
	}
}

// warnAlternatives warns of alternatives about one field alone, taken together, and of what is within each.
func warnAlternatives(r *yamldoc.Report, path string, alternatives []any) {
	byField := map[string][]any{}
	for i, alternative := range alternatives {
		m, _ := alternative.(map[string]any)
		WarnVoid(r, yamldoc.Index(path, i), m)
		if field, tests := lone(m); field != "" && voidly(tests) == "" {
			byField[field] = append(byField[field], tests...)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(byField)) {
		if what := voidly(byField[field]); what != "" {
			r.Warnf(path, "one alternative is enough to match, and for %s: %s", field, excerpt.Verbatim(what))
		}
	}
}

// lone returns the only field of a pattern with its tests; empty where there are several, or $or.
func lone(pattern map[string]any) (field string, tests []any) {
	if len(pattern) != 1 {
		return "", nil
	}
	for key, below := range pattern {
		switch below := below.(type) {
		case []any:
			if key != "$or" {
				return key, below
			}
		case map[string]any:
			if field, tests = lone(below); field != "" {
				field = yamldoc.Join(key, field)
			}
		}
	}
	return field, tests
}

// voidly says why tests of one field leave nothing out; empty where they do leave something out.
func voidly(tests []any) string {
	var excluded []any
	taken, excluding := map[string]bool{}, 0
	for _, test := range tests {
		m, _ := test.(map[string]any)
		if arg, ok := m["anything-but"]; ok {
			excluding++
			excluded = left(arg)
		} else {
			taken[fmt.Sprintf("%T %#[1]v", test)] = true
		}
	}
	isTaken := func(test any) bool { return taken[fmt.Sprintf("%T %#[1]v", test)] }
	switch {
	case excluding > 1:
		return "of two anything-but each takes what the other leaves out; write one, like {anything-but: [a, b]} or {anything-but: {prefix: [a, b]}}"
	case excluding == 1 && !slices.ContainsFunc(excluded, func(test any) bool { return !isTaken(test) }):
		return "what anything-but leaves out is taken by another one; remove one of the two, or write {exists: true} for any value"
	case isTaken(map[string]any{"exists": true}) && isTaken(map[string]any{"exists": false}):
		return "the field is there or it is not; remove one of the two"
	}
	return ""
}

// left are the tests that take what an anything-but leaves out.
func left(arg any) (tests []any) {
	switch arg := arg.(type) {
	case []any:
		return arg
	case map[string]any:
		for name, below := range arg {
			for _, text := range left(below) {
				tests = append(tests, map[string]any{name: text})
			}
		}
		return tests
	}
	return []any{arg}
}
