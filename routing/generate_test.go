package routing

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"
)

// Few keys and few values, so that rules and events meet often.
var (
	genKey    = rapid.SampledFrom([]string{"a", "b", "c", "d.e", "é", `q"`})
	genText   = rapid.SampledFrom([]string{"", "x", "xy", "XY", "yx", "xyxy", "ü\n", "Ü\n", "100", "10.0.0.1", "10.0.0.2", "::1", "ß", "SS", "ss"})
	genInt    = rapid.SampledFrom([]int{-1, 0, 1, 10, 100, 9007199254740993})
	genScalar = rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Bool(), toAny[bool]), rapid.Map(genText, toAny[string]), rapid.Map(genText, toAny[string]), rapid.Map(genInt, toAny[int]))

	genTopic   = rapid.SampledFrom([]string{"orders", "other"})
	genHeaders = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) kgo.RecordHeader {
		h := kgo.RecordHeader{Key: rapid.SampledFrom([]string{"h", "i"}).Draw(t, "name")}
		if rapid.IntRange(0, 5).Draw(t, "null") > 0 {
			h.Value = []byte(genText.Draw(t, "value"))
		}
		return h
	}), 0, 3)

	genTest = rapid.OneOf(genScalar, genScalar, genOperator(false))

	genPattern       = genMatch(2, genTest)
	genHeaderPattern = rapid.MapOfN(rapid.SampledFrom([]string{"h", "i"}),
		rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.Map(genText, toAny[string]), genOperator(true)), 1, 3), toAny[[]any]), 1, 2)

	genRule = rapid.Custom(func(t *rapid.T) Rule {
		var r Rule
		if rapid.IntRange(0, 9).Draw(t, "patterned") > 0 {
			r.Match = genPattern.Draw(t, "match")
		}
		if rapid.IntRange(0, 3).Draw(t, "headers") == 0 {
			r.Headers = genHeaderPattern.Draw(t, "headers")
		}
		if rapid.IntRange(0, 3).Draw(t, "conditional") == 0 {
			r.When = rapid.SampledFrom([]string{`value.a == "x"`, `value.b`, `topic == "orders"`, `value.a.size() > 1`}).Draw(t, "when")
		}
		if rapid.IntRange(0, 4).Draw(t, "topical") == 0 {
			r.Topics = topics(genTopic.Draw(t, "topic"))
		}
		if rapid.IntRange(0, 6).Draw(t, "drop") == 0 {
			r.Drop = true
			return r
		}
		r.To = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 3, rapid.ID).Draw(t, "to")
		r.Continue = rapid.IntRange(0, 3).Draw(t, "continue") > 0
		return r
	})

	// genNumber writes small numbers in many ways.
	genNumber = rapid.SampledFrom([]string{"0", "-0", "0.0", "1", "1.0", "10e-1", "1E0", "100", "1e2", "0.1e3", "1000e-1", "-1", "-1.0", "99.9999999999999999999", "10", "1e1", "1e-7", "9007199254740993"})
	genLeaf   = rapid.OneOf(rapid.Map(genScalar, asJSON), genNumber)
	genValue  = rapid.OneOf(genLeaf, genLeaf,
		genArray(genLeaf),
		rapid.Map(rapid.SliceOfN(genMember(rapid.OneOf(genLeaf, genArray(genLeaf))), 0, 3), braces),
		genArray(rapid.OneOf(genLeaf, genArray(genLeaf), rapid.Map(rapid.SliceOfN(genMember(genLeaf), 0, 3), braces))))
	genDocument = rapid.Map(rapid.SliceOfN(genMember(genValue), 0, 6), braces)
)

func genOperator(headers bool) *rapid.Generator[any] {
	names := []string{"exactly", "prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "cidr", "exists", "numeric"}
	if headers {
		names = names[:len(names)-1]
	}
	return rapid.Custom(func(t *rapid.T) any {
		name := rapid.SampledFrom(names).Draw(t, "operator")
		switch name {
		case "exists":
			return map[string]any{name: rapid.Bool().Draw(t, "exists")}
		case "anything-but":
			if rapid.Bool().Draw(t, "texts") || headers {
				return map[string]any{name: rapid.SliceOfN(rapid.Map(genText, toAny[string]), 1, 3).Draw(t, "not")}
			}
			return map[string]any{name: map[string]any{"prefix": []any{"x", genText.Filter(func(s string) bool { return s != "" }).Draw(t, "not")}}}
		case "numeric":
			if rapid.Bool().Draw(t, "range") {
				return map[string]any{name: []any{rapid.SampledFrom([]string{">", ">="}).Draw(t, "low"), rapid.IntRange(-2, 9).Draw(t, "from"),
					rapid.SampledFrom([]string{"<", "<="}).Draw(t, "high"), rapid.IntRange(10, 101).Draw(t, "to")}}
			}
			return map[string]any{name: []any{rapid.SampledFrom([]string{"<", "<=", "=", ">=", ">"}).Draw(t, "sign"), rapid.SampledFrom([]int{-1, 0, 1, 10, 100}).Draw(t, "bound")}}
		case "cidr":
			return map[string]any{name: rapid.SampledFrom([]string{"10.0.0.0/30", "10.0.0.0/8", "::/64", "0.0.0.0/0"}).Draw(t, "block")}
		case "wildcard":
			return map[string]any{name: rapid.SampledFrom([]string{"*", "x*", "*y", "x*y", "*x*y*", "x"}).Draw(t, "wildcard")}
		case "prefix", "suffix":
			if rapid.Bool().Draw(t, "folded") {
				return map[string]any{name: map[string]any{"equals-ignore-case": genText.Draw(t, "text")}}
			}
		}
		return map[string]any{name: genText.Draw(t, "text")}
	})
}

// genMatch makes patterns of some depth. A key stands either below $or or beside it.
func genMatch(depth int, test *rapid.Generator[any]) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		list := rapid.Map(rapid.SliceOfN(test, 1, 3), toAny[[]any])
		m := map[string]any{}
		for _, k := range rapid.SliceOfNDistinct(genKey, 1, 3, rapid.ID).Draw(t, "keys") {
			if depth > 1 && rapid.IntRange(0, 3).Draw(t, "nested") == 0 {
				m[k] = genMatch(depth-1, test).Draw(t, "sub")
			} else {
				m[k] = list.Draw(t, "tests")
			}
		}
		if rapid.IntRange(0, 5).Draw(t, "or") == 0 {
			m["$or"] = []any{
				map[string]any{"x": list.Draw(t, "one"), "y": list.Draw(t, "two")},
				map[string]any{"x": list.Draw(t, "three")},
			}
		}
		return m
	})
}

func toAny[T any](v T) any { return v }

func asJSON(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func braces(members []string) string { return "{ " + strings.Join(members, ",") + "}" }

func genArray(elem *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(elem, 0, 3), func(s []string) string { return "[" + strings.Join(s, " , ") + "]" })
}

// genMember writes a key in plain or with every letter escaped.
func genMember(value *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		key := rapid.OneOf(genKey, rapid.SampledFrom([]string{"x", "y", "a.b", "e"})).Draw(t, "key")
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
