package routing

import (
	"fmt"
	"regexp"
	"strings"
)

// slip is a mistake in an expression, as the compiler sees it.
type slip struct {
	source string
	at     int    // index into source
	raw    string // what the compiler says
	said   string // the same in our words
}

var (
	offender   = regexp.MustCompile(`^Syntax error: [^']*'\s*(\S+?)\s*'$`)
	openText   = regexp.MustCompile(`(?s)^Syntax error: token recognition error at: '(["'].*)'$`)
	undeclared = regexp.MustCompile(`^undeclared reference to '(\w+)'$`)
	notBefore  = regexp.MustCompile(`(?i)\bnot\s+$`)
	// knownEscape is what may follow a backslash in a text of CEL.
	knownEscape = regexp.MustCompile("\\\\([abfnrtv\\\\?\"'`]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})")
	// hyphenated is a field with a hyphen in its name, which to CEL is a difference.
	hyphenated = regexp.MustCompile(`\b([A-Za-z_]\w*(?:\.\w+)*)\.([A-Za-z_]\w*(?:-\w+)+)[.\w]*`)
)

// remedy is what to write instead, where the mistake is one of the usual ones.
func (s slip) remedy() string {
	if meant := s.hyphen(); meant != "" {
		return meant
	}
	if m := undeclared.FindStringSubmatch(s.said); m != nil {
		return s.name(m[1])
	}
	if m := openText.FindStringSubmatch(s.raw); m != nil {
		if strings.Contains(knownEscape.ReplaceAllString(m[1], ""), `\`) {
			return `write \\ for a backslash, or put r before the quote, as in r"\d+"`
		}
		return "end the text with the quote that it begins with"
	}
	m := offender.FindStringSubmatch(s.said)
	switch {
	case m == nil:
		return ""
	case notBefore.MatchString(s.source[:s.at]):
		return "write ! for not"
	case strings.HasSuffix(s.source[:s.at], ".") && keywords[strings.TrimPrefix(m[1], ".")]:
		return fmt.Sprintf("write a field of this name in brackets, as in value[\"%s\"]", strings.TrimPrefix(m[1], "."))
	case meanings[m[1]] != "":
		return "write " + meanings[m[1]]
	}
	return ""
}

// name is what to write instead of one that means nothing.
func (s slip) name(name string) string {
	switch call := strings.HasPrefix(s.source[s.at:], "(") || strings.HasPrefix(s.source[s.at:], name+"("); {
	case names[name] != "":
		return "write " + names[name]
	case call:
		return "docs/configuration.md#expressions has the functions"
	}
	return fmt.Sprintf("write text in quotes, as \"%s\", and a field as value.%s", name, name)
}

// hyphen is what to write for a name with a hyphen, if the mistake is in or right behind one.
func (s slip) hyphen() string {
	for _, m := range hyphenated.FindAllStringSubmatchIndex(s.source, -1) {
		above, name := s.source[m[2]:m[3]], s.source[m[4]:m[5]]
		switch {
		case s.at < m[4]+strings.Index(name, "-") || s.at > m[1] || strings.Contains(s.said, "did you mean"):
		case strings.HasPrefix(s.said, "has()"):
			return fmt.Sprintf("write has(%s.`%s`)", above, name)
		default:
			return fmt.Sprintf("write %s[\"%s\"] for a field of this name, and a difference with spaces around the -", above, name)
		}
	}
	return ""
}

// keywords of CEL are no names of fields behind a dot.
var keywords = map[string]bool{"in": true, "true": true, "false": true, "null": true}

// names are what CEL writes for names of other languages.
var names = map[string]string{
	"nil": "null", "None": "null", "undefined": "null", "NULL": "null", "Null": "null",
	"True": "true", "TRUE": "true", "False": "false", "FALSE": "false",
	"len": "size(…) for the length", "length": "size() for the length",
	"toLowerCase": "lowerAscii()", "toUpperCase": "upperAscii()",
}

// meanings are what CEL writes for what other languages do.
var meanings = map[string]string{
	"and": "&& for and", "AND": "&& for and", "&": "&& for and",
	"or": "|| for or", "OR": "|| for or", "|": "|| for or",
	"not": "! for not, as in !(value.field in [1, 2])", "NOT": "! for not, as in !(value.field in [1, 2])",
	"IN": "in in small letters", "=~": "value.field.matches(\"…\")",
	"=": "== to compare", "is": "== to compare", "like": "value.field.matches(\"…\")", ">": "!= for unequal",
	"“": `straight quotes, "`, "”": `straight quotes, "`, "‘": `straight quotes, "`, "’": `straight quotes, "`,
}
