// Package jsongen generates JSON documents for tests, of few keys and few values, so that patterns, expressions and
// documents meet often.
package jsongen

import (
	"encoding/json"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

var (
	// Key is the key of a member.
	Key = rapid.SampledFrom([]string{"a", "b", "c", "d.e", "é", `q"`})
	// Text is a text.
	Text = rapid.SampledFrom([]string{"", "x", "xy", "XY", "yx", "xyxy", "ü\n", "Ü\n", "100", "10.0.0.1", "10.0.0.2", "::1", "ß", "SS", "ss"})
	// Scalar is null, true, false, a text or a whole number.
	Scalar = rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Bool(), toAny[bool]), rapid.Map(Text, toAny[string]), rapid.Map(Text, toAny[string]), rapid.Map(wholes, toAny[int]))
	// Value is the JSON text of a value.
	Value = rapid.OneOf(leaves, leaves,
		array(leaves),
		rapid.Map(rapid.SliceOfN(member(rapid.OneOf(leaves, array(leaves))), 0, 3), braces),
		array(rapid.OneOf(leaves, array(leaves), rapid.Map(rapid.SliceOfN(member(leaves), 0, 3), braces))))
	// Document is the JSON text of an object.
	Document = rapid.Map(rapid.SliceOfN(member(Value), 0, 6), braces)

	wholes = rapid.SampledFrom([]int{-1, 0, 1, 10, 100, 9007199254740993})
	// numbers are small ones, written in many ways.
	numbers = rapid.SampledFrom([]string{"0", "-0", "0.0", "1", "1.0", "10e-1", "1E0", "100", "1e2", "0.1e3", "1000e-1", "-1", "-1.0", "99.9999999999999999999", "10", "1e1", "1e-7", "9007199254740993"})
	leaves  = rapid.OneOf(rapid.Map(Scalar, asJSON), numbers)
)

func toAny[T any](v T) any { return v }

func asJSON(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func braces(members []string) string { return "{ " + strings.Join(members, ",") + "}" }

func array(elem *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(elem, 0, 3), func(s []string) string { return "[" + strings.Join(s, " , ") + "]" })
}

// member writes a key in plain or with every letter escaped.
func member(value *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		key := rapid.OneOf(Key, rapid.SampledFrom([]string{"x", "y", "a.b", "e"})).Draw(t, "key")
		quoted := asJSON(key)
		if rapid.Bool().Draw(t, "escaped") {
			var b strings.Builder
			for _, r := range key {
				b.WriteString(`\u` + strconv.FormatInt(int64(r)+0x10000, 16)[1:])
			}
			quoted = `"` + b.String() + `"`
		}
		return quoted + " :" + value.Draw(t, "value")
	})
}
