package routing

import (
	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/internal/jsongen"
)

// Few names and values, so that rules and events meet often.
var (
	genTopic   = rapid.SampledFrom([]string{"orders", "other"})
	genHeaders = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) kgo.RecordHeader {
		h := kgo.RecordHeader{Key: rapid.SampledFrom([]string{"h", "i"}).Draw(t, "name")}
		if rapid.IntRange(0, 5).Draw(t, "null") > 0 {
			h.Value = []byte(jsongen.Text.Draw(t, "value"))
		}
		return h
	}), 0, 3)

	genTest = rapid.OneOf(jsongen.Scalar, jsongen.Scalar, genOperator(false))

	genPattern       = genMatch(2, genTest)
	genHeaderPattern = rapid.MapOfN(rapid.SampledFrom([]string{"h", "i"}),
		rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.Map(jsongen.Text, toAny[string]), genOperator(true)), 1, 3), toAny[[]any]), 1, 2)

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
				return map[string]any{name: rapid.SliceOfN(rapid.Map(jsongen.Text, toAny[string]), 1, 3).Draw(t, "not")}
			}
			return map[string]any{name: map[string]any{"prefix": []any{"x", jsongen.Text.Filter(func(s string) bool { return s != "" }).Draw(t, "not")}}}
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
				return map[string]any{name: map[string]any{"equals-ignore-case": jsongen.Text.Draw(t, "text")}}
			}
		}
		return map[string]any{name: jsongen.Text.Draw(t, "text")}
	})
}

// genMatch makes patterns of some depth. A key stands either below $or or beside it.
func genMatch(depth int, test *rapid.Generator[any]) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		list := rapid.Map(rapid.SliceOfN(test, 1, 3), toAny[[]any])
		m := map[string]any{}
		for _, k := range rapid.SliceOfNDistinct(jsongen.Key, 1, 3, rapid.ID).Draw(t, "keys") {
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
