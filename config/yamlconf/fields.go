package yamlconf

import "reflect"

// Field is one key of a section, as its struct declares it. The tags are the only place where a
// key's name, default, range and description are written:
//
//	key      the key
//	default  its value where nothing is said; a comma separates the items of a list
//	range    "1..10", "1KiB..", or "0|1KiB..1MiB" where zero means something special
//	like     a text as it may be, where no number is one
//	doc      the description that the JSON Schema gives
//	expr     "condition" for an expression that has to give true or false, "value" for any other; of a mapping,
//	         for each of its values
//	secret   "url" where a text may be a URL with a user in it, whose name may be a token, or a password
type Field struct {
	Key     string
	Type    reflect.Type
	Default string
	Range   string
	Doc     string

	expr        string
	like        string
	credentials bool
	index       int
}

// Fields lists the keys of a section, in order.
func Fields(t reflect.Type) []Field {
	var out []Field
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("key")
		if key == "" || key == "-" {
			continue
		}
		out = append(out, Field{
			Key: key, Type: f.Type, Default: f.Tag.Get("default"), Range: f.Tag.Get("range"), Doc: f.Tag.Get("doc"),
			expr: f.Tag.Get("expr"), like: f.Tag.Get("like"), credentials: f.Tag.Get("secret") == "url", index: i,
		})
	}
	return out
}

func keysOf(fields []Field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.Key
	}
	return keys
}

func findField(fields []Field, key string) (Field, bool) {
	for _, f := range fields {
		if f.Key == key {
			return f, true
		}
	}
	return Field{}, false
}

// isSection reports whether a type is written as a mapping of known keys.
func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(typeOf[Notation]())
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// Sections lists the types of all sections below one.
func Sections(t reflect.Type) []reflect.Type {
	var out []reflect.Type
	for _, f := range Fields(t) {
		inner := f.Type
		if k := inner.Kind(); k == reflect.Map || k == reflect.Slice {
			inner = inner.Elem()
		}
		if isSection(inner) {
			out = append(out, inner)
			out = append(out, Sections(inner)...)
		}
	}
	return out
}

// expression reports whether the key is an expression, or a mapping to such.
func (f Field) expression() bool { return f.expr != "" }

// condition reports whether the expression has to give true or false.
func (f Field) condition() bool { return f.expr == "condition" }
