// Package match finds the patterns that an event matches, however many there are, in one pass over it. It is pure and
// knows no syntax: package pattern makes a Pattern of Fields and Matchers, an Index holds those of one topic's rules,
// and a Finder reads an event once and tells which of them match.
//
//   - what is asked of a value: pattern.go, field.go, matchers.go, operator.go, fold.go, wildcard.go
//   - reading an event: extract.go, by the tree of fields in step.go
//   - finding candidates: finder.go, index.go, valueindex.go and how it is built (valueindex_build.go), textindex.go, rangeindex.go, candidates.go
//   - deciding on a candidate: match.go, join.go for fields within arrays, tryall.go where a key repeats
//   - bounding it all: work.go
//   - saying why not: explain.go, evidence.go
package match
