package match

import (
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/internal/decimal"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

// evidence gathers what a document has where a field would be.
type evidence struct {
	doc  []byte
	path []string
	// values are the first few that are there, and more counts the rest.
	values []string
	more   int
	// obstacle is the first thing that explains why nothing is there: one above the field that holds no
	// fields, or a name that differs in capitals only.
	obstacle string
	// lacking: there is an object that could have the field, and does not.
	lacking bool
}

// fewValues is how many a reader needs to see what went wrong.
const fewValues = 3

// valuesFound says what a document, an object, has at a path.
func valuesFound(doc []byte, path []string) string {
	g := evidence{doc: doc, path: path}
	g.look(jsonscan.SkipSpace(doc, 0), 0, false)
	return g.String()
}

// headersFound is valuesFound for a record's headers.
func headersFound(headers []kgo.RecordHeader, name string) string {
	var g evidence
	for _, h := range headers {
		switch {
		case h.Key != name:
			if g.obstacle == "" && strings.EqualFold(h.Key, name) {
				g.obstacle = fmt.Sprintf("the header is called %q, and capitals count", h.Key)
			}
		case h.Value == nil:
			g.add("a header without a value")
		default:
			g.add(quoteText(string(h.Value)))
		}
	}
	return g.String()
}

func (g *evidence) String() string {
	switch {
	case len(g.values) == 0 && g.obstacle != "" && !g.lacking:
		return "absent, because " + g.obstacle
	case len(g.values) == 0:
		return "absent"
	case g.more > 0:
		return fmt.Sprintf("found %s, and %d more", strings.Join(g.values, ", "), g.more)
	}
	return "found " + strings.Join(g.values, ", ")
}

func (g *evidence) add(value string) {
	if len(g.values) == fewValues {
		g.more++
		return
	}
	g.values = append(g.values, value)
}

// look goes on at the value at i, to which the first so many keys of the path have led, and returns
// the index after it; element says that it is one of an array.
func (g *evidence) look(i, keys int, element bool) (end int) {
	switch {
	case g.doc[i] == '[':
		at, ok := jsonscan.NextElement(g.doc, i+1)
		if !ok {
			g.end(i, keys, element)
		}
		for ok {
			at, ok = jsonscan.NextElement(g.doc, g.look(at, keys, true))
		}
		return at
	case g.doc[i] == '{' && keys < len(g.path):
		return g.members(i, keys)
	}
	g.end(i, keys, element)
	return jsonscan.ValueEnd(g.doc, i)
}

func (g *evidence) members(i, keys int) (end int) {
	lacking := true
	m, at, ok := jsonscan.NextMember(g.doc, i+1)
	for ok {
		if n, same := keysOf(m, g.path[keys:]); same {
			lacking, at = false, g.look(at, keys+n, false)
		} else {
			if n > 0 {
				lacking = false
				g.misnamed(m)
			}
			at = jsonscan.ValueEnd(g.doc, at)
		}
		m, at, ok = jsonscan.NextMember(g.doc, at)
	}
	g.lacking = g.lacking || lacking
	return at
}

// keysOf returns how many keys of a path a member is, if capitals do not count: a dot in its key is as
// good as a level. It is the same if they do.
func keysOf(m jsonscan.Member, path []string) (n int, same bool) {
	key := m.Name()
	n = strings.Count(key, ".") + 1
	if n > len(path) {
		return 0, false
	}
	wanted := strings.Join(path[:n], ".")
	if !strings.EqualFold(wanted, key) {
		return 0, false
	}
	return n, wanted == key
}

func (g *evidence) misnamed(m jsonscan.Member) {
	if g.obstacle == "" {
		g.obstacle = fmt.Sprintf("the field is called %s, and capitals count", quoteText(m.Name()))
	}
}

// end notes a value that leads no further.
func (g *evidence) end(i, keys int, element bool) {
	is := Describe(g.doc[i:])
	if keys == len(g.path) {
		g.add(is)
		return
	}
	if g.obstacle == "" {
		g.obstacle = strings.Join(g.path[:keys], ".") + " is " + is
		if element {
			g.obstacle = "an element of " + g.obstacle
		}
		if is[0] == '"' && codec.StringHoldsJSON(g.doc, i) {
			g.obstacle += ", a text that holds JSON, which a condition reads by json.decode"
		}
	}
}

// Describe says what a JSON value is; doc begins with it.
func Describe(doc []byte) string {
	switch doc[0] {
	case '{':
		return "an object"
	case '[':
		if _, ok := jsonscan.NextElement(doc, 1); !ok {
			return "an empty array"
		}
		return "an array"
	case '"':
		text, _ := jsonscan.Text(doc[:jsonscan.StringEnd(doc, 0)], nil)
		return quoteText(string(text))
	}
	raw := doc[:jsonscan.ValueEnd(doc, 0)]
	shown := excerpt.Of(string(raw))
	if doc[0] == '-' || doc[0] >= '0' && doc[0] <= '9' {
		if _, exact := decimal.Float(raw); !exact {
			shown += " (which is compared only as it is written: a double cannot hold it)"
		}
	}
	return shown
}

func quoteText(text string) string { return fmt.Sprintf("%q", excerpt.Of(text)) }
