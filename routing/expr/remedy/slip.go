package remedy

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

// slip is a mistake in an expression, as the compiler sees it.
type slip struct {
	source    string
	condition bool   // it is to give true or false
	at        int    // index into source
	said      string // what the compiler says
}

var (
	fieldOf        = regexp.MustCompile(`^type '(.*)' does not support field selection$`)
	rangeOf        = regexp.MustCompile(`^expression of type '(.*)' cannot be range of a comprehension`)
	foundType      = regexp.MustCompile(`^expected type 'bool' but found '(.*)'$`)
	undeclaredName = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	// hyphenatedField is a field with a hyphen in its name, which to CEL is a difference.
	hyphenatedField = regexp.MustCompile(`\b([A-Za-z_]\w*(?:\.\w+)*)\.([A-Za-z_]\w*(?:-\w+)+)[.\w]*`)
)

// explain says what is wrong, and what to write instead where the mistake is one of the usual ones.
func (s slip) explain() (problem, remedy string) {
	problem, remedy, ok := s.typed()
	switch name := undeclaredName.FindStringSubmatch(s.said); {
	case ok:
	case name != nil:
		problem, remedy = s.name(name[1])
	default:
		problem, remedy = s.syntax()
	}
	if meant := s.hyphen(); meant != "" {
		remedy = meant
	} else if text := s.bareText(); text != "" && (!ok || bareNumber.MatchString(text)) {
		remedy = s.quoted(text)
	} else if meant := s.date(ok); meant != "" {
		remedy = meant
	}
	return problem, remedy
}

var (
	bareText = regexp.MustCompile(`^(?:[\w\p{L}/+#](?:[\w\p{L} ,./:@#-]*[\w\p{L}/.%#])?|[\d ()./:+,TZ$€£-]*[\dZ)€£])$`)
	// bareNumber is one that reads as a sum of numbers, or as one that is too large: a version, an account.
	bareNumber = regexp.MustCompile(`^\d[\d./-]*$`)
	bareField  = regexp.MustCompile(`^[A-Za-z_][\w .-]*$`)
	// spacedSum has words for numbers, and an operator between them as people write one.
	spacedSum = regexp.MustCompile(`\d.* [./:%+-] |[./:%+-] .*\d`)
	plainName = regexp.MustCompile(`^[A-Za-z_]\w*$`)
	anyWord   = regexp.MustCompile(`\w+`)
)

// bareText is the expression, if it is a text of which the quotes are missing; quotes that YAML takes away
// are none.
func (s slip) bareText() string {
	text := strings.TrimSpace(s.source)
	if !bareText.MatchString(text) || fieldPath.FindString(text) == text || spacedSum.MatchString(text) {
		return ""
	}
	for _, word := range anyWord.FindAllString(strings.TrimPrefix(text, "in "), -1) {
		if slices.Contains(dialect.Variables, word) || wordMeanings[strings.ToLower(word)] != "" || valueNames[word] != "" || fieldKeywords[word] {
			return ""
		}
	}
	return text
}

// quoted is what to write for a text of which the quotes are missing.
func (s slip) quoted(text string) string {
	text = excerpt.Of(text)
	switch truth := truthWords[strings.ToLower(text)]; {
	case s.condition && truth != "":
		return "write " + truth
	case s.condition:
		return fmt.Sprintf(`compare a field with the text, as in value.field == "%s"`, text)
	case !bareField.MatchString(text):
		return fmt.Sprintf(`write text in quotes of its own, as in '"%s"'`, text)
	}
	return fmt.Sprintf(`write text in quotes of its own, as in '"%s"', and a field as %s`, text, fieldNamed(text))
}

// truthWords are those of other languages.
var truthWords = map[string]string{"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}

// fieldNamed is a field of the value.
func fieldNamed(name string) string {
	if plainName.MatchString(name) {
		return "value." + name
	}
	return fmt.Sprintf("value[%q]", name)
}

// typed is what is wrong with a value's type.
func (s slip) typed() (problem, remedy string, ok bool) {
	if u, ok := parseMisuse(s.said); ok {
		problem, remedy, _ := strings.Cut(u.String(), "; ")
		return problem, remedy, true
	}
	if m := fieldOf.FindStringSubmatch(s.said); m != nil {
		remedy := "take away what is behind the dot"
		if m[1] == "timestamp" {
			remedy = "write a function for a part of it, as in timestamp.getFullYear()"
		}
		return kindName(plainKind(m[1])) + " has no fields", remedy, true
	}
	if m := rangeOf.FindStringSubmatch(s.said); m != nil {
		return kindName(plainKind(m[1])) + " has no elements to look at", "write a list or a mapping before the dot, as in value.items.exists(i, i.qty > 1)", true
	}
	if m := foundType.FindStringSubmatch(s.said); m != nil {
		return kindName(plainKind(m[1])) + " stands where true or false is wanted", `compare it, as in value.status == "paid"`, true
	}
	switch {
	case strings.HasPrefix(s.said, "expression recursion limit"):
		return fmt.Sprintf("the expression nests more than %d levels", dialect.MaxDepth), "split it over several rules, or write it with fewer parentheses", true
	case strings.HasPrefix(s.said, "expression code point size"):
		return fmt.Sprintf("the expression has more than %d characters", dialect.MaxLength), "split it over several rules", true
	}
	if invalidNumber.MatchString(s.said) {
		problem, remedy := tooLarge(s.source[s.at:])
		return problem, remedy, true
	}
	return "", "", false
}

var invalidNumber = regexp.MustCompile(`^invalid (int|uint|double) literal`)

// textLiteral is a text of CEL, or a comment. Raw ones know no escapes.
var textLiteral = regexp.MustCompile(`(?s)[rR]"""(?:.*?)"""|[rR]'''(?:.*?)'''|[rR]"[^"]*"|[rR]'[^']*'|` +
	`"""(?:[^\\]|\\.)*?"""|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|//[^\n]*`)

// date is what to write for a date without quotes, if the mistake is in one, or is the operator beside it.
func (s slip) date(operator bool) string {
	blank := textLiteral.ReplaceAllStringFunc(s.source, func(text string) string { return strings.Repeat(" ", len(text)) })
	for _, m := range bareDate.FindAllStringIndex(blank, -1) {
		beside := 0
		if operator {
			beside = 4 // with its spaces
		}
		written := s.source[m[0]:m[1]]
		if written != strings.TrimSpace(s.source) && s.at >= m[0]-beside && s.at <= m[1]+beside {
			return fmt.Sprintf("write %s for the time, or %q for a text", AsTimestamp(written), written)
		}
	}
	return ""
}

// hyphen is what to write for a name with a hyphen, if the mistake is in or right behind one.
func (s slip) hyphen() string {
	for _, m := range hyphenatedField.FindAllStringSubmatchIndex(s.source, -1) {
		above, name := s.source[m[2]:m[3]], s.source[m[4]:m[5]]
		switch {
		case s.at < m[4]+strings.Index(name, "-") || s.at > m[1]:
		case strings.HasPrefix(s.said, "has()"):
			return fmt.Sprintf("write has(%s.`%s`)", above, name)
		default:
			return fmt.Sprintf("write %s[\"%s\"] for a field of this name, and a difference with spaces around the -", above, name)
		}
	}
	return ""
}

// bareDate is a date, with or without a time, that is no text.
var bareDate = regexp.MustCompile(`(\d{4}-\d\d-\d\d)(T[\d:.]+(?:Z|[+-]\d\d:\d\d))?`)

// AsTimestamp is a date in an expression of CEL; empty for another text.
func AsTimestamp(written string) string {
	m := bareDate.FindStringSubmatch(written)
	if m == nil || m[0] != written {
		return ""
	}
	return fmt.Sprintf("timestamp(%q)", m[1]+cmp.Or(m[2], "T00:00:00Z"))
}

// wholeLiteral is an int or a uint of an expression, in decimals or hexadecimal, or the begin of a double.
var wholeLiteral = regexp.MustCompile(`^(-?)\s*(0x[0-9a-fA-F]+|[0-9]+)([uU.eE]?)`)

// tooLarge is about a number, at the begin of the source, that is beyond those of CEL.
func tooLarge(source string) (problem, remedy string) {
	m := wholeLiteral.FindStringSubmatch(source)
	if m == nil || strings.ContainsAny(m[3], ".eE") {
		return "the number is beyond the doubles, which end at 1.7976931348623157e308", "write a smaller one"
	}
	base, digits := 10, m[2]
	if hex, ok := strings.CutPrefix(digits, "0x"); ok {
		base, digits = 16, hex
	}
	n, _ := new(big.Int).SetString(m[1]+digits, base)
	bound := fmt.Sprintf("the ints, which end at %d", math.MaxInt64)
	switch {
	case m[3] != "":
		bound = fmt.Sprintf("the uints, which end at %d", uint64(math.MaxUint64))
	case n.Sign() < 0:
		bound = fmt.Sprintf("the ints, which begin at %d", math.MinInt64)
	}
	problem = fmt.Sprintf("%s is beyond %s", excerpt.Of(m[1]+m[2]), bound)
	if n.IsUint64() {
		return problem, fmt.Sprintf("write u behind it, %su", excerpt.Of(m[2]))
	}
	return problem, fmt.Sprintf(`compare its text, as in string(value.field) == "%s"`, excerpt.Of(n.String()))
}
