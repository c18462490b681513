package yamlconf

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// decoder fills the structs from the layered settings, and reports every key that no struct
// knows and every value of a wrong type.
type decoder struct {
	*Reading
	Language
}

// decode reads one value into out. The field it stands in gives its range.
func (d decoder) decode(path string, in any, out reflect.Value, f Field) {
	if in == nil {
		return
	}
	if n, ok := out.Addr().Interface().(Notation); ok {
		d.notation(path, in, n, out, f)
		return
	}
	switch out.Kind() {
	case reflect.Struct:
		if m, ok := in.(map[string]any); ok {
			d.section(path, m, out)
			return
		}
		d.mismatch(path, in, "a mapping")
	case reflect.Map:
		d.mapping(path, in, out, f)
	case reflect.Slice:
		d.list(path, in, out, f)
	case reflect.String:
		d.text(path, in, out, f)
	case reflect.Bool:
		d.truth(path, in, out)
	case reflect.Int:
		d.number(path, in, out, f)
	case reflect.Interface:
		out.Set(reflect.ValueOf(d.free(path, in)))
	default:
		panic("yamlconf: no decoding for " + out.Type().String())
	}
}

// OwnKeys begin the keys at the top that are left to whoever writes the file, to put anchors there.
const OwnKeys = "x-"

func (d decoder) section(path string, in map[string]any, out reflect.Value) {
	fields := Fields(out.Type())
	for _, key := range slices.Sorted(maps.Keys(in)) {
		f, ok := findField(fields, key)
		if path == "" && strings.HasPrefix(key, OwnKeys) {
			continue
		}
		if !ok {
			d.unknownKey(yamldoc.Join(path, key), key, fields)
			continue
		}
		d.decode(yamldoc.Join(path, key), in[key], out.Field(f.index), f)
	}
}

// unknownKey suggests the key that was meant: one of a similar name, or one of the same name a
// level down.
func (d decoder) unknownKey(path, key string, fields []Field) {
	problem, near := yamldoc.UnknownKey(key, keysOf(fields))
	if near != "" {
		d.Addf(path, "%s", problem)
		// That the key which was meant is missing goes without saying.
		if meant := strings.TrimSuffix(path, key) + near; !d.Has(meant) {
			d.Silence(meant)
		}
		return
	}
	for _, f := range fields {
		if isSection(f.Type) {
			if _, ok := findField(Fields(f.Type), key); ok {
				d.Addf(path, "unknown key; write it under %s", f.Key)
				return
			}
		}
	}
	d.Addf(path, "%s", problem)
}

func (d decoder) mapping(path string, in any, out reflect.Value, f Field) {
	m, ok := in.(map[string]any)
	if !ok {
		d.mismatch(path, in, "a mapping")
		return
	}
	if len(m) == 0 {
		return
	}
	out.Set(reflect.MakeMapWithSize(out.Type(), len(m)))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		item := reflect.New(out.Type().Elem()).Elem()
		d.decode(yamldoc.Join(path, key), m[key], item, f)
		out.SetMapIndex(reflect.ValueOf(key), item)
	}
}

func (d decoder) list(path string, in any, out reflect.Value, f Field) {
	var items []any
	switch v := in.(type) {
	case []any:
		items = v
	case yamldoc.Expanded:
		for _, s := range SplitList(string(v)) {
			items = append(items, yamldoc.Expanded(s))
		}
	case string:
		d.Unreadf(path, "this is text where a list is wanted; write it in brackets: %s", excerpt.Verbatim(d.listOf(f.Key, v)))
		return
	default:
		d.mismatch(path, in, "a list")
		return
	}
	if len(items) == 0 {
		return
	}
	out.Set(reflect.MakeSlice(out.Type(), len(items), len(items)))
	for i, item := range items {
		d.decode(yamldoc.Index(path, i), item, out.Index(i), f)
	}
}

// mismatch names the kinds, not the value: what stands in a wrong place may be a secret.
func (d decoder) mismatch(path string, in any, want string) {
	if text, _ := in.(string); yamldoc.LikePair(text) {
		d.Unreadf(path, "this is text where %s is wanted: what follows its first colon looks like a space and is another one, such as that of a web page; write a plain space", want)
		return
	}
	d.Unreadf(path, yamldoc.Mismatch, kindOf(in), want)
}

func kindOf(in any) string {
	switch in.(type) {
	case map[string]any:
		return "a mapping"
	case []any:
		return "a list"
	case yamldoc.Truth:
		return "true or false"
	case string, yamldoc.Expanded:
		return "text"
	}
	return "a number"
}

// free reads a value whose shape is not ours to say, such as a pattern. A variable that stands
// without quotes is read as YAML would read its value.
func (d decoder) free(path string, in any) any {
	switch v := in.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = d.free(yamldoc.Join(path, key), item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = d.free(yamldoc.Index(path, i), item)
		}
		return out
	case yamldoc.Expanded:
		if d.Location(path).Quoted {
			return string(v)
		}
		if plain, err := yamldoc.Literal(&yaml.Node{Kind: yaml.ScalarNode, Value: string(v)}); err == nil {
			return d.free(path, plain)
		}
		return string(v)
	case yamldoc.Truth:
		return v.Holds()
	case json.Number:
		switch {
		case !yamldoc.IsJSON(v) && d.TextOnly(path):
			d.Unreadf(path, `JSON writes no number as %s; put it in quotes for a text, "%[1]s"`, string(v))
			return nil
		case !yamldoc.IsJSON(v):
			d.Unreadf(path, yamldoc.NotJSON, string(v))
			return nil
		}
	}
	return in
}
