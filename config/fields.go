package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// field is one key of a section, as its struct declares it. The tags are the only place where a
// key's name, default, range and description are written:
//
//	koanf    the key
//	default  its value where nothing is said; a comma separates the items of a list
//	range    "1..10", "1KiB..", or "0|1KiB..1MiB" where zero means something special
//	doc      the description that the JSON Schema gives
type field struct {
	key      string
	index    int
	typ      reflect.Type
	fallback string
	limits   string
	doc      string
}

// fieldsOf lists the keys of a section, in order.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("koanf")
		if key == "" || key == "-" {
			continue
		}
		out = append(out, field{
			key: key, index: i, typ: f.Type,
			fallback: f.Tag.Get("default"), limits: f.Tag.Get("range"), doc: f.Tag.Get("doc"),
		})
	}
	return out
}

func keysOf(fields []field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}

func findField(fields []field, key string) (field, bool) {
	for _, f := range fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

// isSection reports whether a type is written as a mapping of known keys.
func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(typeOf[notation]())
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// defaults builds the bottom layer: what the tags say, for every section there is and for each
// destination and topic that the settings name.
func defaults(settings map[string]any) map[string]any {
	return sectionDefaults(typeOf[Config](), settings)
}

func sectionDefaults(t reflect.Type, settings any) map[string]any {
	below, _ := settings.(map[string]any)
	out := map[string]any{}
	for _, f := range fieldsOf(t) {
		switch {
		case f.fallback != "":
			out[f.key] = expanded(f.fallback)
		case isSection(f.typ):
			out[f.key] = sectionDefaults(f.typ, below[f.key])
		case f.typ.Kind() == reflect.Map && isSection(f.typ.Elem()):
			named, _ := below[f.key].(map[string]any)
			each := map[string]any{}
			for name := range named {
				each[name] = sectionDefaults(f.typ.Elem(), named[name])
			}
			out[f.key] = each
		}
	}
	return out
}

// splitList reads a list that was written as one text: a, b.
func splitList(text string) []string {
	out := []string{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// inBrackets writes a text as the list that it is meant for. The commas of a regular expression are its
// own.
func inBrackets(text string) string {
	items := []string{text}
	if _, isPattern := asPattern(text); !isPattern {
		items = splitList(text)
	}
	for i, item := range items {
		items[i] = excerpt.Setting(item)
		if !isPlain(item) {
			items[i] = strconv.Quote(items[i])
		}
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// listOf is the list that a text is meant for, with what can be in it.
func (f field) listOf(text string) string {
	_, isPattern := asPattern(text)
	_, meant := topicMeant(text, false)
	nameless := slices.ContainsFunc(splitList(text), func(name string) bool { return !isTopicName(name) })
	switch {
	case f.key == "topics" && meant != "" && !isPattern:
		return "[" + strings.Trim(meant, "[]") + "]"
	case f.key == "topics" && nameless && !isPattern:
		return "[TOPIC]"
	case f.key == "to" && nameless:
		return "[DESTINATION]"
	}
	return inBrackets(text)
}

var plainItem = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9._/:-]*$`)

// isPlain reports whether a text means itself without quotes, in brackets too.
func isPlain(text string) bool {
	v, err := readScalar(&yaml.Node{Kind: yaml.ScalarNode, Value: text})
	return err == nil && v == text && plainItem.MatchString(text)
}

// inQuotes writes a number or a truth value as the text that was meant. The quotes of YAML are not those of
// a text in an expression, where 007 is 7, and 1.50 is 1.5; and CEL has true, where YAML has TRUE.
func (f field) inQuotes(in any) string {
	switch {
	case f.condition():
		in = strings.ToLower(fmt.Sprint(in))
	case f.expression():
		return fmt.Sprintf(`'"%v"'`, in)
	}
	return fmt.Sprintf(`"%v"`, in)
}

// expression reports whether the key is a CEL expression, or a mapping to such.
func (f field) expression() bool { return strings.Contains(f.doc, "CEL expression") }

// condition reports whether the expression has to give true or false.
func (f field) condition() bool {
	return strings.Contains(f.doc, "CEL expression that is true or false")
}
