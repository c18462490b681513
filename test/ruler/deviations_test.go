package ruler

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// deviation is a difference that is kept on purpose. docs/routing.md gives the reasons.
type deviation struct {
	name string
	// holds reports whether it explains a difference.
	holds func(d *difference, o *Oracle) bool
	// An example, for which both sides must in fact differ.
	pattern, event string
}

var deviations = []deviation{
	{
		name:    "a quote belongs to the text",
		holds:   func(d *difference, _ *Oracle) bool { return d.anyText(quotedEdge) },
		pattern: `{"a":[{"prefix":"x\""}]}`, event: `{"a":"x"}`,
	},
	{
		name:    "addresses of one family are in no block of the other, and numbers in none",
		holds:   func(d *difference, _ *Oracle) bool { return d.anyText(isAddress) && d.event != nil },
		pattern: `{"a":[{"cidr":"16.0.0.0/4"}]}`, event: `{"a":12}`,
	},
	{
		name:    "characters beyond the first plane have a case too",
		holds:   func(d *difference, _ *Oracle) bool { return d.anyText(foldsBeyondFirstPlane) },
		pattern: `{"a":[{"equals-ignore-case":"😀"}]}`, event: `{"a":"😀"}`,
	},
	{
		name:    "numbers are the same in every version of Java",
		holds:   (*difference).oddNumber,
		pattern: `{"a":[2e23]}`, event: `{"a":200000000000000000000000}`,
	},
	{
		name:    "a number is no text",
		holds:   (*difference).takesNumberForText,
		pattern: `{"a":[-1.0,{"suffix":""}]}`, event: `{"a":164.3952}`,
	},
	{
		name:    "an empty key is a key",
		holds:   func(d *difference, _ *Oracle) bool { return d.emptyKey() },
		pattern: `{"a":{"":[1]}}`, event: `{"a":{"":1}}`,
	},
	{
		name:    "a field is named once in a pattern",
		holds:   refusedWith("is named twice"),
		pattern: `{"a":[1],"$or":[{"a":[2]},{"b":[1]}]}`,
	},
	{
		name:    "an operator outside a list is a slip",
		holds:   refusedWith("an operator stands in a list"),
		pattern: `{"a":{"numeric":[">",1]}}`,
	},
	{
		name:    "an empty list of anything-but is a slip",
		holds:   refusedWith("the list is empty"),
		pattern: `{"a":["x",{"anything-but":{"prefix":[]}}]}`,
	},
	{
		name:    "a wildcard stays apart from the other tests of its field",
		holds:   func(d *difference, _ *Oracle) bool { return d.mixesWildcard() },
		pattern: `{"a":[{"wildcard":"*0"},{"equals-ignore-case":"ü"}]}`, event: `{"a":"x"}`,
	},
	{
		name:    "an absence below $or stays where an earlier alternative has a value of its list",
		holds:   (*difference).losesAbsence,
		pattern: `{"$or":[{"a":[1]},{"a":[1,{"exists":false}]}]}`, event: `{}`,
	},
	{
		name:    "half of a surrogate pair is U+FFFD",
		holds:   (*difference).halfSurrogate,
		pattern: `{"a":["\ud800"]}`, event: `{"a":"\ud801"}`,
	},
}

func refusedWith(reason string) func(*difference, *Oracle) bool {
	return func(d *difference, _ *Oracle) bool { return d.event == nil && strings.Contains(d.mine, reason) }
}

// declared names the deviation that explains a difference, if one does.
func (d *difference) declared(o *Oracle) string {
	for i := range deviations {
		if deviations[i].holds(d, o) {
			return deviations[i].name
		}
	}
	if d.wavers(o) {
		return wavering
	}
	return ""
}

// wavering is a deviation without an example that would show it each time.
const wavering = "Event Ruler answers now this, now that"

// wavers reports whether Event Ruler, asked again, agrees with us: some answers hang on the order in
// which Java's hash sets happen to give their elements.
func (d *difference) wavers(o *Oracle) bool {
	for range 20 {
		event := d.event
		if event == nil {
			event = object()
		}
		r := &round{patterns: []*document{d.pattern}, events: []*document{event}}
		var theirs Answer
		if o.Ask(r.request(), &theirs) != nil {
			return false
		}
		refused := theirs.Refused[0] != nil
		if d.event == nil && refused == strings.HasPrefix(d.mine, "refused") || d.event != nil && !refused && fmt.Sprint(theirs.Matches[0][0]) == d.mine {
			return true
		}
	}
	return false
}

// anyText reports whether f holds for a text of the pattern; operator is the key above it.
func (d *difference) anyText(f func(operator, text string) bool) bool {
	found := false
	d.pattern.walk("", func(key string, v *document) {
		found = found || v.isString() && f(key, unquote(v.raw))
	})
	return found
}

func quotedEdge(operator, text string) bool {
	switch operator {
	case "prefix", "suffix", "equals-ignore-case":
		return strings.HasPrefix(text, `"`) || strings.HasSuffix(text, `"`)
	}
	return false
}

func isAddress(_, text string) bool {
	return strings.Count(text, ".") == 3 || strings.Contains(text, ":")
}

func foldsBeyondFirstPlane(operator, text string) bool {
	return operator == "equals-ignore-case" && strings.ContainsFunc(text, func(r rune) bool { return r > 0xffff })
}

func (d *difference) emptyKey() bool {
	empty := false
	look := func(d *document) {
		d.walk("", func(_ string, v *document) {
			for _, m := range v.members {
				k := unquote(m.key)
				empty = empty || k == "" || k[0] == '.' || k[len(k)-1] == '.' || strings.Contains(k, "..")
			}
		})
	}
	look(d.pattern)
	if d.event != nil {
		look(d.event)
	}
	return empty
}

var halfPair = regexp.MustCompile(`(?i)\\ud[89ab][0-9a-f]{2}([^\\]|\\[^u])`)

func (d *difference) halfSurrogate(*Oracle) bool {
	if d.event == nil {
		return strings.Contains(d.mine, "escape that is not a character")
	}
	return (halfPair.MatchString(d.pattern.String()) || halfPair.MatchString(d.event.String()))
}

// mixesWildcard reports whether a list has a wildcard and a test of another kind.
func (d *difference) mixesWildcard() bool {
	mixed := false
	d.pattern.walk("", func(_ string, list *document) {
		wild, other := false, false
		for _, item := range list.items {
			isWild := strings.Contains(item.String(), `"wildcard"`)
			wild, other = wild || isWild, other || !isWild
		}
		mixed = mixed || wild && other
	})
	return mixed
}

// losesAbsence reports whether only we match a pattern of alternatives, of which one has a list that
// holds {"exists": false} and something else.
func (d *difference) losesAbsence(*Oracle) bool {
	or, list := false, false
	d.pattern.walk("", func(_ string, v *document) {
		for _, m := range v.members {
			or = or || unquote(m.key) == "$or"
		}
		for _, item := range v.items {
			for _, m := range item.members {
				list = list || len(v.items) > 1 && unquote(m.key) == "exists" && m.value.raw == "false"
			}
		}
	})
	return or && list && d.event != nil && d.mine == "true"
}

func (d *difference) oddNumber(o *Oracle) bool {
	answer, err := o.Numbers(append(numbersOf(d.pattern), numbersOf(d.event)...))
	return err == nil && slices.Contains(answer.Odd, true)
}

// takesNumberForText reports whether a list tests both numbers and the ends of texts, and a number of
// the event has a form that begins or ends as texts do there, with a quote.
func (d *difference) takesNumberForText(o *Oracle) bool {
	mixed := false
	d.pattern.walk("", func(_ string, list *document) {
		number, text := false, false
		for _, item := range list.items {
			number = number || len(numbersOf(item)) > 0
			text = text || strings.Contains(item.String(), `"prefix"`) || strings.Contains(item.String(), `"suffix"`)
		}
		mixed = mixed || number && text
	})
	if !mixed || d.event == nil {
		return false
	}
	answer, err := o.Numbers(numbersOf(d.event))
	return err == nil && slices.ContainsFunc(answer.Forms, func(form string) bool {
		return strings.HasPrefix(form, `"`) || strings.HasSuffix(form, `"`)
	})
}

// numbersOf are those of a document, as they are written; of none there are none.
func numbersOf(d *document) (found []string) {
	if d == nil {
		return nil
	}
	d.walk("", func(_ string, v *document) {
		if v.isNumber() {
			found = append(found, v.raw)
		}
	})
	return found
}
