package message

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/routing"
)

// HeaderFilter says which headers of a record a destination gets as attributes. It is immutable.
type HeaderFilter struct {
	patterns []string
}

// NewHeaderFilter returns a filter that lets through what one of the patterns names: * stands for
// any run of characters and ? for one. Capitals matter, as they do to Kafka. Without patterns it
// returns nil, which lets nothing through.
func NewHeaderFilter(patterns []string) *HeaderFilter {
	if len(patterns) == 0 {
		return nil
	}
	return &HeaderFilter{slices.Clone(patterns)}
}

func (f *HeaderFilter) allows(name string) bool {
	for _, p := range f.patterns {
		if matchesGlob(p, name) {
			return true
		}
	}
	return false
}

// matchesGlob takes time in proportion to both lengths multiplied at the worst: it goes back to the
// last * only.
func matchesGlob(pattern, name string) bool {
	star, again := -1, 0
	p, n := 0, 0
	for n < len(name) {
		_, size := utf8.DecodeRuneInString(name[n:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, again = p, n
			p++
		case p < len(pattern) && pattern[p] == '?':
			p, n = p+1, n+size
		case p < len(pattern) && pattern[p] == name[n]:
			p, n = p+1, n+1
		case star >= 0:
			_, size = utf8.DecodeRuneInString(name[again:])
			again += size
			p, n = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// attributeName returns the name of the attribute that a header becomes, or "" where it can be none
// (Amazon SQS Developer Guide, "message attributes").
func attributeName(header string, configured []routing.Attribute) string {
	if header == "" {
		return ""
	}
	name := attribute.Rename(header)
	if len(name) > attribute.MaxName || attribute.OfAWS(name) || attribute.Reserved(name) {
		return ""
	}
	if slices.ContainsFunc(configured, func(a routing.Attribute) bool { return strings.EqualFold(a.Name, name) }) {
		return ""
	}
	return name
}
