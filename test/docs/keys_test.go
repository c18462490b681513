package docs

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/config/yamlconf"
)

const (
	keysBegin = "<!-- keys: begin -->\n"
	keysEnd   = "<!-- keys: end -->"
)

func TestReferenceListsTheKeysThatTheLoaderFills(t *testing.T) {
	const name = "docs/configuration.md"
	text := readDocument(t, name).text
	before, rest, ok1 := strings.Cut(text, keysBegin)
	have, after, ok2 := strings.Cut(rest, keysEnd)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the lines %q and %q", name, strings.TrimSpace(keysBegin), keysEnd)
	}
	want := reference(t)
	if have == want {
		return
	}
	if !*update {
		t.Fatalf("%s is not in step with package config; run go test ./test/docs -update", name)
	}
	if err := os.WriteFile(filepath.Join(root, name), []byte(before+keysBegin+want+keysEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reference writes a table for each section.
func reference(t *testing.T) string {
	r := &writer{choices: choices(t)}
	r.section("", reflect.TypeFor[config.Config]())
	return r.out.String()
}

type writer struct {
	out strings.Builder
	// choices are the values of keys that take one of a few, by type and key.
	choices map[string][]string
}

type pending struct {
	path, about string
	typ         reflect.Type
}

func (w *writer) section(path string, t reflect.Type) {
	var below []pending
	var rows []string
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("key")
		if key == "" || key == "-" {
			continue
		}
		if inner, at := nested(f.Type, join(path, key)); inner != nil {
			below = append(below, pending{at, f.Tag.Get("doc"), inner})
			if path != "" {
				rows = append(rows, fmt.Sprintf("| `%s` | [section](#%s) | | %s |", key, anchor("`"+at+"`"), cell(f.Tag.Get("doc"))))
			}
			continue
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |", key, w.typeOf(t, f, key), fallback(f), cell(f.Tag.Get("doc"))))
	}
	if path == "" {
		w.out.WriteString("\n### At the top\n")
	}
	if len(rows) > 0 {
		w.out.WriteString("\n| key | type | default | meaning |\n|---|---|---|---|\n" + strings.Join(rows, "\n") + "\n")
	}
	for _, b := range below {
		fmt.Fprintf(&w.out, "\n### `%s`\n\n%s\n", b.path, b.about)
		w.section(b.path, b.typ)
	}
	if path == "" {
		w.out.WriteString("\n")
	}
}

// nested returns the type of a section, and its path, or nil where the key holds a value.
func nested(t reflect.Type, path string) (reflect.Type, string) {
	switch {
	case isSection(t):
		return t, path
	case t.Kind() == reflect.Map && isSection(t.Elem()):
		return t.Elem(), path + ".NAME"
	case t.Kind() == reflect.Slice && isSection(t.Elem()):
		return t.Elem(), path + "[]"
	}
	return nil, ""
}

func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[config.Start]()
}

// typeOf describes the type of a key and what it may hold.
func (w *writer) typeOf(in reflect.Type, f reflect.StructField, key string) string {
	if values := w.choices[in.Name()+"."+key]; len(values) > 0 {
		of := ""
		if f.Type.Kind() == reflect.Slice {
			of = "list of "
		}
		return of + "`" + strings.Join(values, "`, `") + "`"
	}
	name := f.Type.String()
	switch f.Type {
	case reflect.TypeFor[yamlconf.Duration]():
		name = "duration"
	case reflect.TypeFor[yamlconf.Size]():
		name = "size"
	case reflect.TypeFor[config.Start]():
		name = "start"
	case reflect.TypeFor[yamlconf.Secret]():
		name = "secret text"
	case reflect.TypeFor[[]string]():
		name = "list of texts"
	case reflect.TypeFor[map[string]string]():
		name = "texts by name"
	case reflect.TypeFor[map[string]config.AttributeType]():
		name = "types by name"
	case reflect.TypeFor[map[string]any]():
		name = "pattern"
	case reflect.TypeFor[string]():
		name = "text"
	case reflect.TypeFor[bool]():
		name = "true or false"
	case reflect.TypeFor[int]():
		name = "whole number"
	}
	if limits := f.Tag.Get("range"); limits != "" {
		name += ", " + spoken(limits)
	}
	return name
}

// spoken says a range in words.
func spoken(limits string) string {
	limits, zero := strings.CutPrefix(limits, "0|")
	least, most, _ := strings.Cut(limits, "..")
	var text string
	switch {
	case least == "":
		text = "up to " + most
	case most == "":
		text = "from " + least
	default:
		text = least + " to " + most
	}
	if zero {
		text = "0 or " + text
	}
	return text
}

func fallback(f reflect.StructField) string {
	v := f.Tag.Get("default")
	if v == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(v, ",", ", ") + "`"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// choices takes the values that keys may have from the JSON Schema.
func choices(t *testing.T) map[string][]string {
	t.Helper()
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	type values struct {
		AnyOf []struct{ Enum []any }
	}
	type object struct {
		Properties map[string]struct {
			AnyOf []struct {
				Enum  []any
				Items values
			}
		}
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	collect := func(name string, o object) {
		for key, p := range o.Properties {
			if len(p.AnyOf) == 0 {
				continue
			}
			enum := p.AnyOf[0].Enum
			if of := p.AnyOf[0].Items.AnyOf; len(of) > 0 {
				enum = of[0].Enum
			}
			for _, v := range enum {
				if s, ok := v.(string); ok && s != "" {
					out[name+"."+key] = append(out[name+"."+key], s)
				}
			}
		}
	}
	collect("Config", schema.object)
	for name, o := range schema.Defs {
		collect(name, o)
	}
	return out
}

// keys are all paths, with NAME for the names of destinations and topics.
func keys(path string, t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("key")
		if key == "" || key == "-" {
			continue
		}
		at := join(path, key)
		out = append(out, at)
		if inner, below := nested(f.Type, at); inner != nil {
			out = append(out, keys(below, inner)...)
		}
	}
	return out
}

// TestKeysInDocsExist checks the keys that the prose names by their path.
func TestKeysInDocsExist(t *testing.T) {
	known := keys("", reflect.TypeFor[config.Config]())
	var tops []string
	for _, k := range known {
		if !strings.Contains(k, ".") {
			tops = append(tops, k)
		}
	}
	path := regexp.MustCompile(`^(` + strings.Join(tops, "|") + `)(\.[a-z_]+)+$`)
	eachDocument(t, func(t *testing.T, d document) {
		for _, s := range d.spans() {
			if path.MatchString(s) && !slices.Contains(known, s) && !strings.HasPrefix(s, "headers.") {
				t.Errorf("`%s` is no key", s)
			}
		}
	})
}
