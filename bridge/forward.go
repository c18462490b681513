package bridge

import (
	"slices"
	"strings"
	"unicode/utf8"

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
	name := header
	if i := strings.IndexFunc(header, notInName); i >= 0 || strings.HasPrefix(header, ".") || strings.HasSuffix(header, ".") || strings.Contains(header, "..") {
		name = mended(header)
	}
	if len(name) > maxAttributeName || routing.OfAWS(name) || routing.Reserved(name) {
		return ""
	}
	if slices.ContainsFunc(configured, func(a routing.Attribute) bool { return strings.EqualFold(a.Name, name) }) {
		return ""
	}
	return name
}

// maxAttributeName is the longest name of an attribute, in characters; 256 are documented, and the
// last is better not tried.
const maxAttributeName = 255

func notInName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.')
}

// mended writes _ for each character that a name may not have, where it may not have it.
func mended(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		if notInName(r) || r == '.' && (i == 0 || i == len(runes)-1 || runes[i-1] == '.') {
			runes[i] = '_'
		}
	}
	return string(runes)
}
