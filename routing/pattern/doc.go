// Package pattern matches events against EventBridge event patterns, as Event Ruler does: pure, and many patterns at
// once. It knows no rules and no expressions; docs/routing.md describes the patterns.
//
// A Set compiles the patterns of all rules, an Index holds those of one topic's rules, and a Finder reads an event once
// and tells which of them match.
//
//   - from YAML: set.go, compile.go, operators.go and a file for each larger operator; slips.go has what to write
//     instead of the operators of other languages
//   - a value and what is asked of it: operator.go, fold.go, wildcard.go, address.go
//   - reading an event: extract.go, by the tree of fields in step.go
//   - finding candidates: finder.go, index.go, valueindex.go, textindex.go, rangeindex.go, candidates.go
//   - deciding on a candidate: match.go, join.go for fields within arrays, tryall.go where a key repeats
//   - bounding it all: work.go
//   - saying why not: explain.go, evidence.go
package pattern
