package remedy

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

var (
	offendingToken = regexp.MustCompile(`(?s)^(?:Syntax error: (?:mismatched input|extraneous input|no viable alternative at input|token recognition error at:)|unsupported syntax) '(.*?)'(?: expecting .*)?$`)
	reservedWord   = regexp.MustCompile(`^reserved identifier: (\w+)$`)
	missingToken   = regexp.MustCompile(`^Syntax error: missing '(.)' at '(.*)'$`)
	oddSpace       = regexp.MustCompile(`^Syntax error: token recognition error at: '[\p{Zs}\x{200b}\x{feff}]`)
	// knownEscape is what may follow a backslash in a text of CEL.
	knownEscape = regexp.MustCompile("\\\\([abfnrtv\\\\?\"'`]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})")
)

// syntax is about what is no expression.
func (s slip) syntax() (problem, remedy string) {
	if m := missingToken.FindStringSubmatch(s.said); m != nil {
		return "a " + m[1] + " is missing here", "close what is open with " + m[1]
	}
	if oddSpace.MatchString(s.said) {
		return "a space here is of another kind, such as that of a web page", "write a plain one"
	}
	token, ok := s.token()
	if !ok {
		return s.passedOn()
	}
	if token == "<EOF>" {
		return "the expression ends too early", s.unfinished()
	}
	switch {
	case s.unread() && hasOddEscape(token):
		problem = `this text has a \ that means nothing`
	case s.unread() && isQuote(token[0]):
		problem = "this text has no closing quote"
	case isQuote(token[0]):
		problem = "a text cannot stand here"
	case strings.ContainsFunc(token, unicode.IsControl):
		problem = fmt.Sprintf("%q cannot stand here", excerpt.Of(token))
	default:
		problem = excerpt.Of(token) + " cannot stand here"
	}
	return problem, s.meant(token)
}

// macroProblems are what to do about what CEL says of what the parser expands.
var macroProblems = []struct{ said, remedy string }{
	{"must be a simple name", "write a name for an element, as in value.items.exists(i, i.qty > 1)"},
	{"math.", "write numbers, or a list of them, as in math.greatest(value.a, value.b)"},
}

// passedOn is what the compiler, or a macro of ours, says in its own words.
func (s slip) passedOn() (problem, remedy string) {
	if problem, remedy = ofFormat(s.said); problem != "" {
		return problem, remedy
	}
	problem, remedy, _ = strings.Cut(s.said, "; ")
	for _, f := range macroProblems {
		if remedy == "" && strings.Contains(problem, f.said) {
			return problem, f.remedy
		}
	}
	return problem, remedy
}

// token is what the compiler stumbles over.
func (s slip) token() (string, bool) {
	for _, r := range []*regexp.Regexp{offendingToken, reservedWord} {
		if m := r.FindStringSubmatch(s.said); m != nil {
			return strings.TrimSpace(m[1]), strings.TrimSpace(m[1]) != ""
		}
	}
	return "", false
}

// unread says that what begins here is no token at all.
func (s slip) unread() bool { return strings.HasPrefix(s.said, "Syntax error: token recognition") }

func isQuote(b byte) bool { return b == '"' || b == '\'' }

// hasOddEscape says whether a text has an escape that CEL does not know.
func hasOddEscape(token string) bool {
	return isQuote(token[0]) && strings.Contains(knownEscape.ReplaceAllString(token, ""), `\`)
}

// meant is what to write for a token that stands in a wrong place.
func (s slip) meant(token string) string {
	before, after := s.source[:s.at], s.source[s.at:]
	for _, form := range slipForms {
		if form.before.MatchString(before) && form.after.MatchString(after) {
			return form.meant
		}
	}
	if s.unread() && isQuote(token[0]) {
		if hasOddEscape(token) {
			return `write \\ for a backslash, or put r before the quote, as in r"\d+"`
		}
		return "end the text with the quote that it begins with"
	}
	word := strings.TrimPrefix(token, ".")
	switch {
	case strings.HasSuffix(before, ".") && fieldKeywords[word]:
		return fmt.Sprintf("write a field of this name in brackets, as in value[\"%s\"]", word)
	case symbolMeanings[s.symbols()] != "":
		return "write " + symbolMeanings[s.symbols()]
	case wordMeanings[strings.ToLower(word)] != "":
		return "write " + wordMeanings[strings.ToLower(word)]
	case wordMeanings[wordBefore(before)] != "":
		return "write " + wordMeanings[wordBefore(before)]
	case operandBefore.MatchString(before) && isName.MatchString(token):
		return "write a text in quotes, and a sign such as + or && between two values"
	}
	return ""
}

var (
	operandBefore = regexp.MustCompile(`[\w)\]"']\s+$`)
	isName        = regexp.MustCompile(`^\w+$`)
)

// wordBefore is the last word of what stands before, in small letters.
func wordBefore(before string) string {
	all := strings.Fields(strings.ToLower(before))
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// symbols is the run of symbols around the place.
func (s slip) symbols() string {
	const all = "=!<>&|^~?:*+-/%@#$;“”‘’.[≥≤≠–×÷"
	from, to := s.at, s.at
	isSymbol := func(r rune) bool { return strings.ContainsRune(all, r) }
	from = len(strings.TrimRightFunc(s.source[:from], isSymbol))
	to = len(s.source) - len(strings.TrimLeftFunc(s.source[to:], isSymbol))
	return s.source[from:to]
}

// askedIndex is [ ] of what may be absent, as other languages write it.
var askedIndex = regexp.MustCompile(`[\w)\]]\?\.?\[`)

// unfinished is what to write for an expression that ends too early.
func (s slip) unfinished() string {
	switch {
	case askedIndex.MatchString(s.source):
		return "write " + symbolMeanings["[?"]
	case strings.Contains(s.source, "?."):
		return "write " + symbolMeanings["?."]
	case strings.Count(s.source, "?") > strings.Count(s.source, ":"):
		return `write a colon and what holds otherwise, as in value.total > 1 ? "a" : "b"`
	}
	return "write what belongs behind the last sign, or close the bracket that is open"
}

// form is a mistake that what stands around it tells.
type form struct {
	before, after *regexp.Regexp
	meant         string
}

func formOf(before, after, meant string) form {
	return form{regexp.MustCompile(before), regexp.MustCompile(`^(?:` + after + `)`), meant}
}

const betweenRemedy = "write in between the two, as in value.field in [1, 2]"

const eachElement = "write exists() or map() to look at each element, as in value.items.exists(i, i.qty > 1)"

var slipForms = []form{
	formOf(`\w\(\s*\(?\s*\w+\s*\)?\s*[-=]?$`, `->|=>|>|:`, "write a comma behind the name of an element, as in value.items.exists(i, i.qty > 1)"),
	formOf(`\{[^{}]*["'\w]\s*$`, `=>?`, `write a colon behind a key, as in {"id": value.id}`),
	formOf(``, `!\s+=`, "write != for unequal"),
	formOf(``, `\[\?[A-Za-z@(]`, eachElement),
	formOf(`\?\s+$`, `:`, `write what holds if it is so between ? and :, as in value.total > 1 ? "a" : "b"`),
	formOf(`[0-9]\.$`, `\.`, "write two comparisons, as in value.total >= 1 && value.total <= 3"),
	formOf(`(?i)\bnot\s+$`, `.`, "write ! for not"),
	formOf(`\bin\s*[({][^(){}]*$`, `,`, "write a list in [ ], as in value.field in [1, 2]"),
	formOf(`[0-9]$`, `[_A-Za-z,]`, "write a number in digits, with a point where it has one, as in 1000 or 0.5"),
	formOf(`(?:^|[^\w.])[0-9]+\.\s*$`, ``, "write a digit behind the point, as in 5.0"),
	formOf(`\.$`, `$|[\s=!<>)]`, "write the name of a field behind the dot, as in value.total"),
	formOf(`\[\s*$`, `[*\]]`, eachElement),
	formOf(`\.$`, `\*`, eachElement),
	formOf(`\?\.$`, `\[`, "write "+symbolMeanings["[?"]),
	formOf(`[\w)\]]\?\[[^?]*$`, `\?`, "write "+symbolMeanings["[?"]),
	formOf(`\.$`, `in\s*[(\[]`, betweenRemedy),
	formOf(`(?:^|[(,&|!?:=])\s*$`, `in\s*\(`, betweenRemedy),
	formOf(`\.$`, `\[`, "write the bracket without the dot, as in value.items[0]"),
	formOf(`\.$`, `["']`, `write the name in brackets without the dot, as in value["name"]`),
	formOf(`\w$`, `\.[0-9]`, `write a name that begins with a digit in brackets, as in value["1st"]`),
	formOf(`\.$`, `\.`, "write one dot"),
	formOf(`\[[^\[\]]*$`, `:`, "write slice() for a part of a list, as in value.items.slice(0, 2), and substring() for one of a text"),
	formOf(`(?:^|[^\w.])[0-9]+$`, `:[0-9]`, `write a time in quotes, as in "10:30"`),
	formOf(`\w$`, `#\s*(?:$|[\]),}])`, `write text in quotes, as in "C#"`),
	formOf(`(?:^|[^\w.])$`, `in\b`, betweenRemedy),
	formOf(`\w$`, `::?\w`, "write a dot before a field, as in value.total"),
	formOf(`\.\w*$`, `[^\x00-\x7f]`, `write a name with letters beyond a to z in brackets, as in value["größe"]`),
	formOf(`\.$`, `\(`, `write a computed name in brackets without the dot, as in value[topic]`),
	formOf(`\bf$`, `["']`, `write format(), as in "%s-%s".format([value.type, topic])`),
	formOf(`[A-Za-z_]'$|'\w+'$|''$`, `[A-Za-z_]`, `write double quotes around a text with ' in it, as in "it's"`),
	formOf(`["']\s*$`, `["']`, "write + to join texts"),
	formOf(`[\w)\]]\s+$`, `["']`, "write a comma between two entries, and a sign such as + between two values"),
	formOf(``, `,\s*$`, "take away the comma at the end"),
	formOf(`^\s*$`, `/`, `write text in quotes, as in "/shop"`),
	formOf(`(?:[(,]|[=~]~?)\s*$`, `/`, `write a regular expression as a text, as in value.name.matches(r"^a")`),
	formOf(`\{\{[^}]*$`, `\}`, "write the expression without { } around it, as in value.total"),
	formOf("", "`", `write text in straight quotes, as in "x"`),
	formOf(``, `[)\]}]`, "take away the bracket that is too many, or open it"),
}

// fieldKeywords of CEL are no names of fields behind a dot.
var fieldKeywords = map[string]bool{"in": true, "true": true, "false": true, "null": true}

// symbolMeanings are what CEL writes for the symbols of other languages.
var symbolMeanings = map[string]string{
	"&": "&& for and, and math.bitAnd(a, b) for bits", "|": "|| for or, and math.bitOr(a, b) for bits",
	"^": "math.bitXor(a, b) for bits, and a product for a power, as in value.n * value.n", "**": "a product for a power, as in value.n * value.n",
	"≥": ">= for at least", "≤": "<= for at most", "≠": "!= for unequal", "–": "- to subtract", "×": "* to multiply", "÷": "/ to divide", "=!": "!= for unequal",
	">>>": "math.bitShiftRight(value.n, 1) to shift", "->>": "a dot before a field, as in value.total", "$[": "the name alone, as in value.items",
	">>": "math.bitShiftRight(value.n, 1) to shift", "<<": "math.bitShiftLeft(value.n, 1) to shift",
	"~": "value.name.matches(r\"^a\") for a regular expression, and math.bitNot(value.n) for bits",
	"=": "== to compare", "===": "== to compare", "!==": "!= for unequal", "<>": "!= for unequal", "=<": "<= for at most", "=>": ">= for at least",
	":=": "== to compare; an expression sets nothing", "+=": "+ to add; an expression sets nothing", "-=": "- to subtract; an expression sets nothing",
	"++": "+ 1 to add; an expression sets nothing", "--": "- 1 to subtract; an expression sets nothing",
	"=~": `value.name.matches(r"^a")`, "~=": `value.name.matches(r"^a")`, "!~": `!value.name.matches(r"^a")`,
	"->": "a dot before a field, as in value.total",
	"?.": "a dot alone, as in value.customer.id: what is absent reads as null", ".?": "a dot alone, as in value.customer.id: what is absent reads as null",
	"[?": `[ alone, as in value["name"]: what is absent reads as null`,
	"??": "a condition for a default, as in value.field != null ? value.field : 0", "?:": "a condition for a default, as in value.field != null ? value.field : 0",
	";": "nothing behind the expression", "#": "// before a remark", "$": "the name alone, as in value.total", "$.": "the name alone, as in value.total",
	"@": "the name alone, as in value.total", "%%": "% for what a division leaves",
	"“": `straight quotes, "`, "”": `straight quotes, "`, "‘": `straight quotes, "`, "’": `straight quotes, "`,
}

const choiceForm = `a condition with ? and :, as in value.total > 1 ? "a" : "b"`

// wordMeanings are what CEL writes for the words of other languages.
var wordMeanings = map[string]string{
	"and": "&& for and", "or": "|| for or", "xor": "!= for one of two",
	"not": "! for not, as in !(value.field in [1, 2])", "in": "in in small letters", "is": "== to compare, or != for is not",
	"eq": "== to compare", "ne": "!= for unequal", "gt": "> for greater", "ge": ">= for at least", "gte": ">= for at least", "lt": "< for less", "le": "<= for at most", "lte": "<= for at most",
	"like": `value.name.matches(r"^a")`, "matches": `value.name.matches(r"^a")`, "contains": `value.name.contains("a")`, "includes": `value.name.contains("a")`,
	"startswith": `value.name.startsWith("a")`, "endswith": `value.name.endsWith("a")`,
	"between": "two comparisons, as in value.total >= 1 && value.total <= 2", "mod": "% for what a division leaves", "div": "/ to divide",
	"if": choiceForm, "then": choiceForm, "else": choiceForm, "unless": choiceForm, "case": choiceForm, "when": choiceForm,
	"for": "exists() or map(), as in value.items.exists(i, i.qty > 1)", "while": "exists() or map(), as in value.items.exists(i, i.qty > 1)",
	"let": "the part itself in each place; there are no names for parts", "var": "the part itself in each place; there are no names for parts", "const": "the part itself in each place; there are no names for parts",
	"isnot": "!= for unequal", "select": "the expression alone", "return": "the expression alone", "function": "the expression alone",
}
