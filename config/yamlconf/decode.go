package yamlconf

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamldoc"
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
	if near := Nearest(key, keysOf(fields)); near != "" {
		d.Addf(path, "unknown key; did you mean %q?", near)
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
	d.Addf(path, "unknown key; the keys here are %s", Listing(keysOf(fields), "and"))
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
		d.Unreadf(path, "this is text where a list is wanted; write it in brackets: %s", yamldoc.Verbatim(d.listOf(f.Key, v)))
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

func (d decoder) text(path string, in any, out reflect.Value, f Field) {
	var text string
	switch v := in.(type) {
	case string:
		text = v
		if (v != "" && out.Type() == typeOf[Secret]() || f.credentials && holdsUser(v)) && d.Location(path).InFile() {
			d.Exposed = append(d.Exposed, path)
		}
	case yamldoc.Expanded:
		text = string(v)
	case json.Number, yamldoc.Truth:
		if out.Type() == typeOf[Secret]() {
			d.Unreadf(path, "this is %s where text is wanted; write it in quotes", kindOf(in))
			return
		}
		if _, number := in.(json.Number); number && f.condition() {
			d.Unreadf(path, "%s is a number where a condition is wanted; write one, as in value.total > 1", in)
			return
		}
		d.Unreadf(path, "this is %s where text is wanted; write it in quotes: %s", kindOf(in), f.inQuotes(in))
		return
	default:
		if f.expression() {
			d.Unreadf(path, `this is %s where an expression is wanted; put all of it in quotes, as in '{"id": value.id}'`, kindOf(in))
			return
		}
		d.mismatch(path, in, "text")
		return
	}
	if f.expression() {
		d.Expressions[path] = text
	}
	// Where nothing is a choice too, so is an empty text, such as a variable may give.
	unset := text == "" && f.Default == ""
	if c, ok := out.Interface().(Choice); ok && !unset && !d.chosen(path, text, c) {
		return
	}
	out.SetString(text)
}

func (d decoder) chosen(path, text string, c Choice) bool {
	noun, values := c.OneOf()
	if slices.Contains(values, text) {
		return true
	}
	if near := Nearest(text, values); near != "" {
		d.Unreadf(path, "%q is not %s; did you mean %q?", text, yamldoc.Verbatim(noun), near)
	} else {
		d.Unreadf(path, "%q is not %s; write %s", text, yamldoc.Verbatim(noun), Listing(values, "or"))
	}
	return false
}

func (d decoder) truth(path string, in any, out reflect.Value) {
	switch v := in.(type) {
	case yamldoc.Truth:
		out.SetBool(v.Holds())
		return
	case string, yamldoc.Expanded:
		switch fmt.Sprint(v) {
		case "true":
			out.SetBool(true)
			return
		case "false":
			out.SetBool(false)
			return
		}
		d.Unreadf(path, "%q is neither true nor false; write one of the two", fmt.Sprint(v))
		return
	}
	d.mismatch(path, in, "true or false")
}

func (d decoder) number(path string, in any, out reflect.Value, f Field) {
	switch v := in.(type) {
	case json.Number, string, yamldoc.Expanded:
		written, isNumber := in.(json.Number)
		n, err := strconv.ParseInt(strings.TrimSpace(fmt.Sprint(v)), 10, 64)
		switch {
		case isNumber && !yamldoc.IsJSON(written):
			d.Unreadf(path, "JSON writes no number as %s; write it in decimal digits, like 10 or 0.5", string(written))
			return
		case err != nil && isNumber:
			d.Unreadf(path, "%s is not a whole number the bridge can use; write a smaller or a rounded one", string(written))
			return
		case err != nil:
			d.Unreadf(path, "%q is not a whole number; write it in digits", fmt.Sprint(v))
			return
		}
		out.SetInt(n)
	default:
		d.mismatch(path, in, "a number")
		return
	}
	d.ranged(path, out, f)
}

func (d decoder) notation(path string, in any, n Notation, out reflect.Value, f Field) {
	switch in.(type) {
	case map[string]any, []any, yamldoc.Truth:
		d.mismatch(path, in, n.Noun())
		return
	}
	if number, ok := in.(json.Number); ok && strings.ContainsAny(string(number), ".eE") {
		if v, err := number.Float64(); err == nil && v == math.Trunc(v) {
			in = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	if err := n.UnmarshalText([]byte(strings.TrimSpace(fmt.Sprint(in)))); err != nil {
		d.Unreadf(path, "%s", err)
		return
	}
	d.ranged(path, out, f)
}

// mismatch names the kinds, not the value: what stands in a wrong place may be a secret.
func (d decoder) mismatch(path string, in any, want string) {
	if text, _ := in.(string); yamldoc.LikePair(text) {
		d.Unreadf(path, "this is text where %s is wanted: what follows its first colon looks like a space and is another one, such as that of a web page; write a plain space", want)
		return
	}
	d.Unreadf(path, "this is %s where %s is wanted", kindOf(in), want)
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
