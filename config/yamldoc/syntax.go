package yamldoc

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const (
	badAnchor = "did not find expected alphabetic or numeric character"
	badTag    = "did not find expected whitespace or line break"
	badKey    = "did not find expected key"
)

// yamlReasons are our words for what the YAML reader says of usual mistakes.
var yamlReasons = map[string]string{
	badEscape:     `a text here has an escape that is not a character, such as half of a pair like \ud83d\ude00; write both halves, or the character itself`,
	unknownEscape: `a text in double quotes has a backslash before a character that has no such escape; write \\ for a backslash, or take single quotes`,
	badAnchor:     `a text that begins with * or & stands in quotes, as in "*.pdf"`,
	"found character that cannot start any token": "a text that begins with @, `, %, | or > stands in quotes, as in \"@home\"; a line is indented by spaces, not tabs",
	badTag: `a text that begins with ! stands in quotes as a whole, as in '!value.done'`,
	"mapping values are not allowed in this context": `there is a colon too many here; put a text that has ": " in it in quotes, and what belongs to a key on lines of its own`,
	"found unexpected end of stream":                 "a text here is not closed; end it with the quote that it begins with",
	"did not find expected ',' or ']'":               "a list that begins here goes wrong; close it with ], with a comma between values and quotes around a text with a colon or a bracket",
	"did not find expected ',' or '}'":               "a mapping that begins here goes wrong; close it with }, with a comma between entries, a space after each colon, and quotes around a text with a colon or a bracket",
	"did not find expected node content":             "a value is missing here; write one, or remove the comma or bracket that is too many",
	badKey:                                           "in what begins here a line goes wrong; indent its keys alike, and put a text that goes on after a quote into quotes as a whole",
}

var unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)

// yamlReason says in our words what the YAML reader says of a file. It quotes nothing: what is not YAML
// may be a secret without its quotes.
func yamlReason(message string) string {
	if reason := yamlReasons[message]; reason != "" {
		return reason
	}
	if unknownAnchor.MatchString(message) {
		return `what begins with * here stands for what is marked by &, and nothing is; put a text that begins with * in quotes, as in "*.pdf"`
	}
	return "this is not YAML: " + message
}

// anchorLine is the line of an anchor that yamlReason is about, which the reader leaves out; 0 where
// the message is about something else.
func anchorLine(message string, lines []string) int {
	m := unknownAnchor.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	alias := regexp.MustCompile(`(^|[\s\[{,])\*` + regexp.QuoteMeta(m[1]) + `([\s\]},]|$)`)
	return 1 + slices.IndexFunc(lines, func(line string) bool {
		text, _, _ := strings.Cut(quotedText.ReplaceAllString(line, " "), " #")
		return !strings.HasPrefix(text, "#") && alias.MatchString(text)
	})
}

const wholeInQuotes = `a text that goes on after a quote or a bracket stands in quotes as a whole, as in '"x" in value.tags'`

// goesOn is a line with a text that begins with another in quotes, or with a list or a mapping.
var goesOn = regexp.MustCompile(`^\s*(?:- +)*[\w.$-]+:\s+(?:` +
	`"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|` +
	`\[(?:[^\]"']|"(?:[^"\\]|\\.)*"|'[^']*')*\]|\{(?:[^}"']|"(?:[^"\\]|\\.)*"|'[^']*')*\})\s*[^\s#,\]}"']`)

// goesOnLine is the first line from the given one on that makes the reader miss a key, as far as
// goesOn can tell; 0 where there is none.
func goesOnLine(lines []string, line int) int {
	i := slices.IndexFunc(lines[line-1:], goesOn.MatchString)
	if i < 0 {
		return 0
	}
	return line + i
}

// oddSpaces are spaces of another kind than YAML's, a zero width space and a byte order mark among them.
const oddSpaces = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff"

// structuralSpace is one of them where the structure of a file is: at the begin of a line, or behind what opens or
// parts entries.
var structuralSpace = regexp.MustCompile("(?:^ *(?:- *)*|[:,{\\[] *)([" + oddSpaces + "])")

// oddColon is a text that would be a key with a value, but for an odd space.
var oddColon = regexp.MustCompile(`^\w+:[` + oddSpaces + "]")

// LikePair reports whether a text would be a key with a value, but for what looks like a space behind its colon.
func LikePair(text string) bool { return oddColon.MatchString(text) }

func (r *Report) oddSpace(at Location) {
	r.locations[""] = at
	r.Unreadf("", "character %d of the line looks like a space and is another one, such as that of a web page, which YAML takes for a letter; write a plain space, or put what is to have it in quotes", at.Column)
}

// oddKey returns the first key without quotes, below a node, that has an odd space in it. A text may have one.
func oddKey(n *yaml.Node) *yaml.Node {
	for i, inner := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && isUnquoted(inner) && strings.ContainsAny(inner.Value, oddSpaces) {
			return inner
		}
		if found := oddKey(inner); found != nil {
			return found
		}
	}
	return nil
}

func isUnquoted(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&^yaml.TaggedStyle == 0
}

// oddEnds reports whether a text without quotes begins or ends with an odd space, which nobody sees. The
// ideographic one is written as any letter is.
func oddEnds(n *yaml.Node) bool {
	unseen := strings.ReplaceAll(oddSpaces, "\u3000", "")
	return isUnquoted(n) && strings.Trim(n.Value, unseen) != n.Value
}

// placeOfOdd is where the space of oddKey stands.
func placeOfOdd(n *yaml.Node, lines []string) Location {
	from := n.Column - 1
	for i := n.Line - 1; i < len(lines); i++ {
		for column, r := range []rune(lines[i]) {
			if column >= from && strings.ContainsRune(oddSpaces, r) {
				return Location{Line: i + 1, Column: column + 1}
			}
		}
		from = 0
	}
	return Location{Line: n.Line, Column: n.Column}
}

// oddSpace returns where the first of those stands, outside of quotes and comments.
func oddSpace(lines []string) (Location, bool) {
	for i, line := range lines {
		line = strings.TrimPrefix(line, "\ufeff")
		blank := quotedText.ReplaceAllStringFunc(line, func(quoted string) string { return strings.Repeat("x", len(quoted)) })
		text, _, _ := strings.Cut(blank, " #")
		if m := structuralSpace.FindStringSubmatchIndex(text); m != nil && !strings.HasPrefix(strings.TrimLeft(text, " "), "#") {
			return Location{Line: i + 1, Column: 1 + utf8.RuneCountInString(line[:m[2]])}, true
		}
	}
	return Location{}, false
}
