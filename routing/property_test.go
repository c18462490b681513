package routing

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// reference routes by the plainest reading of the rules over a fully decoded document. It knows
// flat events only: consistency within arrays of objects is for the cases.
func reference(rules []Rule, doc map[string]any, d *Decision) {
	*d = Decision{}
	seen := map[string]bool{}
	dropped := false
	for i, r := range rules {
		if !refPattern(r.Match, doc) {
			continue
		}
		d.Matched = append(d.Matched, i)
		for _, to := range r.To {
			if !seen[to] {
				seen[to] = true
				d.Targets = append(d.Targets, Target{Destination: int(to[0] - 'a'), Rule: i})
			}
		}
		dropped = r.Drop
		if !r.Continue {
			break
		}
	}
	switch {
	case len(d.Targets) > 0:
		d.Outcome = Routed
	case dropped:
		d.Outcome = Dropped
	default:
		d.Outcome = Unmatched
	}
}

func refPattern(pattern map[string]any, doc map[string]any) bool {
	for k, p := range pattern {
		v, there := doc[k]
		switch p := p.(type) {
		case map[string]any:
			sub, _ := v.(map[string]any)
			if !refPattern(p, sub) {
				return false
			}
		case []any:
			if !refField(p, v, there) {
				return false
			}
		}
	}
	return true
}

func refField(tests []any, v any, there bool) bool {
	var values []any
	switch v := v.(type) {
	case []any:
		values = v
	case map[string]any:
	default:
		if there {
			values = []any{v}
		}
	}
	for _, t := range tests {
		if m, ok := t.(map[string]any); ok && m["exists"] == false && len(values) == 0 {
			return true
		}
		for _, v := range values {
			if refTest(t, v) {
				return true
			}
		}
	}
	return false
}

func refTest(t, v any) bool {
	m, ok := t.(map[string]any)
	if !ok {
		return refEqual(t, v)
	}
	s, isString := v.(string)
	for op, arg := range m {
		switch op {
		case "exists":
			return arg == true
		case "prefix":
			return isString && strings.HasPrefix(s, arg.(string))
		case "suffix":
			return isString && strings.HasSuffix(s, arg.(string))
		case "equals-ignore-case":
			return isString && strings.EqualFold(s, arg.(string))
		case "anything-but":
			for _, a := range arg.([]any) {
				if refEqual(a, v) {
					return false
				}
			}
			return true
		case "numeric":
			n, ok := v.(json.Number)
			if !ok {
				return false
			}
			c := rational(n.String()).Cmp(rational(strconv.Itoa(arg.([]any)[1].(int))))
			return map[any]bool{"<": c < 0, "<=": c <= 0, "=": c == 0, ">=": c >= 0, ">": c > 0}[arg.([]any)[0]]
		}
	}
	return false
}

func refEqual(t, v any) bool {
	n, ok := v.(json.Number)
	if !ok {
		return reflect.DeepEqual(t, v)
	}
	i, ok := t.(int)
	return ok && rational(n.String()).Cmp(rational(strconv.Itoa(i))) == 0
}

func rational(s string) *big.Rat {
	r, _ := new(big.Rat).SetString(s)
	return r
}

var (
	genKey    = rapid.SampledFrom([]string{"a", "b", "c.d", "é", `q"`})
	genText   = rapid.SampledFrom([]string{"", "x", "xy", "XY", "yx", "ü\n", "100"})
	genInt    = rapid.SampledFrom([]int{-1, 0, 1, 10, 100})
	genScalar = rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Bool(), toAny[bool]), rapid.Map(genText, toAny[string]), rapid.Map(genInt, toAny[int]))
	genTest   = rapid.OneOf(genScalar, genScalar, rapid.Custom(func(t *rapid.T) any {
		op := rapid.SampledFrom([]string{"prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists"}).Draw(t, "operator")
		switch op {
		case "exists":
			return map[string]any{op: rapid.Bool().Draw(t, "exists")}
		case "anything-but":
			return map[string]any{op: rapid.SliceOfN(genScalar, 1, 3).Draw(t, "not")}
		case "numeric":
			return map[string]any{op: []any{rapid.SampledFrom([]string{"<", "<=", "=", ">=", ">"}).Draw(t, "sign"), genInt.Draw(t, "bound")}}
		}
		return map[string]any{op: genText.Draw(t, "text")}
	}))
	genPattern = rapid.MapOfN(genKey, rapid.OneOf(
		rapid.Map(rapid.SliceOfN(genTest, 1, 3), toAny[[]any]),
		rapid.Map(rapid.MapOfN(genKey, rapid.Map(rapid.SliceOfN(genTest, 1, 2), toAny[[]any]), 1, 2), toAny[map[string]any]),
	), 0, 2)
	// genNumber writes small numbers in many ways.
	genNumber = rapid.SampledFrom([]string{"0", "-0", "0.0", "1", "1.0", "10e-1", "1E0", "100", "1e2", "0.1e3", "1000e-1", "-1", "-1.0", "99.9999999999999999999", "10", "1e1", "1e-7"})
	genLeaf   = rapid.OneOf(rapid.Map(genScalar, asJSON), genNumber)
	genValue  = rapid.OneOf(genLeaf, genLeaf,
		rapid.Map(rapid.SliceOfN(genLeaf, 0, 3), func(s []string) string { return "[" + strings.Join(s, " , ") + "]" }),
		rapid.Map(rapid.SliceOfN(genMember(genLeaf), 0, 3), braces))
	genDocument = rapid.Map(rapid.SliceOfN(genMember(genValue), 0, 5), braces)
)

func toAny[T any](v T) any { return v }

func asJSON(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func braces(members []string) string { return "{ " + strings.Join(members, ",") + "}" }

// genMember writes a key in plain or with every letter escaped.
func genMember(value *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		key := genKey.Draw(t, "key")
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

func TestRouteAgreesWithReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []Rule
		for range rapid.IntRange(1, 5).Draw(t, "rules") {
			r := Rule{Match: genPattern.Draw(t, "match")}
			if rapid.IntRange(0, 4).Draw(t, "drop") == 0 {
				r.Drop = true
			} else {
				r.To = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 3, rapid.ID).Draw(t, "to")
				r.Continue = rapid.Bool().Draw(t, "continue")
			}
			rules = append(rules, r)
		}
		table, err := Compile(Options{Rules: rules, Destinations: []Destination{{Name: "a"}, {Name: "b"}, {Name: "c"}}})
		if err != nil {
			t.Fatal(err)
		}
		var got, want Decision
		for range 3 {
			value := genDocument.Draw(t, "value")
			dec := json.NewDecoder(strings.NewReader(value))
			dec.UseNumber()
			var doc map[string]any
			if err := dec.Decode(&doc); err != nil {
				t.Fatalf("%s: %v", value, err)
			}
			ev := event(value)
			table.Route(ev, &got)
			reference(rules, doc, &want)
			if got.Outcome != want.Outcome || !equalSlices(got.Targets, want.Targets) || !equalSlices(got.Matched, want.Matched) {
				t.Fatalf("%s: %+v, want %+v", value, got, want)
			}
			var explained []int
			for _, trace := range table.Explain(ev) {
				if trace.Matched {
					explained = append(explained, trace.Rule)
				}
			}
			if !equalSlices(explained, want.Matched) {
				t.Fatalf("%s: explained as %v, want %v", value, explained, want.Matched)
			}
		}
	})
}

func equalSlices[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// genAnyNumber writes numbers of any length in JSON syntax.
var genAnyNumber = rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?`)

func TestDecimalAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genAnyNumber.Draw(t, "a"), genAnyNumber.Draw(t, "b")
		if rapid.Bool().Draw(t, "same") {
			b = a + "0"
			if !strings.ContainsAny(a, ".eE") {
				b = a + ".000"
			} else if strings.ContainsAny(a, "eE") {
				b = a
			}
		}
		got := parseDecimal([]byte(a)).compare(parseDecimal([]byte(b)))
		if want := rational(a).Cmp(rational(b)); got != want {
			t.Fatalf("%s against %s: %d, want %d", a, b, got, want)
		}
	})
}

func TestUnescapeAgreesWithEncodingJSON(t *testing.T) {
	piece := rapid.OneOf(rapid.StringMatching(`[a-zé€😀 ]{0,4}`),
		rapid.SampledFrom([]string{`\n`, `\t`, `\r`, `\b`, `\f`, `\/`, `\\`, `\"`, `\u0041`, `\u00e9`, `\u20AC`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\ud83d\u0041`, `\uFFFF`}))
	rapid.Check(t, func(t *rapid.T) {
		inner := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "")
		var want string
		if err := json.Unmarshal([]byte(`"`+inner+`"`), &want); err != nil {
			t.Fatal(err)
		}
		if got := string(unescape(nil, []byte(inner))); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
