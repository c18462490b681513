package ruler

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// generator makes events, and patterns for them. Keys and values are few, so that patterns and
// events meet; strange ones are mixed in.
type generator struct {
	*rand.Rand
	paths  [][]string  // of the events so far
	leaves []*document // at these paths
}

var (
	keys    = []string{"a", "b", "c", "d", "items", "é", "k\"q", "a.b", "b.c.d", "z z", "prefixed", "\u2028", "😀"}
	texts   = []string{"", "x", "xy", "xyz", "XY", "Xy", "yx", "abcabc", "order.paid", "ORDER.paid", "a/b/", "a*b", `a\b`, "ü", "Ü", "ß", "SS", "ss", "Straße", "STRASSE", "ǆ", "ǅ", "σς", "ΣΣ", "ﬁ", "FI", "İ", "ı", "i", "I", "ſ", "ŉ", "null", "true", "1", "100", "-0", "line\nbreak", "tab\t", "\u0001", "日本語", "\u2028"}
	emoji   = []string{"😀", "a😀b", "𐐀", "x𐐨"}
	ip4     = []string{"10.0.0.1", "10.0.0.2", "10.1.2.3", "010.0.0.01", "255.255.255.255", "0.0.0.0", "192.168.1.15", "192.168.1.16", "10.0.0.256", "1.2.3", "00000000010.0.0.1"}
	ip6     = []string{"::", "::1", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:0db8::0001", "fe80::", "1:2:3:4:5:6:7:8", "::ffff:a00:1", "1::2::3", "12345::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "00001::f"}
	numbers = []string{"0", "-0", "0.0", "-0.0", "0e5", "1", "1.0", "10e-1", "1E0", "100", "1e2", "1E+2", "0.1e3", "1000e-1", "-1", "-1.0", "2", "3.5", "3.50", "0.1", "0.2", "1e-7", "100.5",
		"9007199254740992", "9007199254740993", "9007199254740994", "999999999999999", "123456789012345678", "100000000000000000000", "1e20", "0.1000000000000000055511151231257827", "99.99999999999999999999",
		"1e300", "-1e300", "1e308", "1.7976931348623157e308", "-1.7976931348623157e308", "1e309", "1e400", "-1e400", "5e-324", "4.9e-324", "1e-320", "1e-400", "2.2250738585072014e-308", "0e99999999999", "1e99999999999", "1e-99999999999"}
)

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// one reports true once in n times.
func (g *generator) one(n int) bool { return g.IntN(n) == 0 }

// event makes an object and remembers what is in it.
func (g *generator) event() *document {
	depth := 2 + g.IntN(3)
	if g.one(50) {
		depth = 40
	}
	d := g.object(nil, depth)
	if g.one(20) {
		d.members = append(d.members, field("items", g.rows([]string{"items"}, 2)))
	}
	if g.one(300) {
		return pick(g, []*document{array(d), scalar("null"), scalar(`"x"`), scalar("1")})
	}
	return d
}

// like makes an event that differs from another in a few places.
func (g *generator) like(d *document) *document {
	d = d.clone()
	for range 1 + g.IntN(3) {
		var all []*document
		d.walk("", func(_ string, v *document) { all = append(all, v) })
		switch v := pick(g, all); {
		case v.kind == 's':
			*v = *g.scalar()
		case len(v.members) > 0 && g.one(2):
			i := g.IntN(len(v.members))
			v.members = append(v.members[:i], v.members[i+1:]...)
		case len(v.items) > 0 && g.one(2):
			i := g.IntN(len(v.items))
			v.items = append(v.items[:i], v.items[i+1:]...)
		case len(v.members) > 0:
			i := g.IntN(len(v.members))
			v.members[i].value = array(v.members[i].value, g.scalar(), v.members[i].value.clone())
		}
	}
	return d
}

func (g *generator) object(path []string, depth int) *document {
	d := object()
	n := g.IntN(6)
	if depth > 5 {
		n = 1
	}
	for range n {
		key := pick(g, keys[:4+g.IntN(len(keys)-3)])
		d.members = append(d.members, member{g.escape(key), g.value(append(path[:len(path):len(path)], key), depth-1)})
		if g.one(20) { // a key again
			d.members = append(d.members, member{g.escape(key), g.value(append(path[:len(path):len(path)], key), depth-1)})
		}
	}
	return d
}

func (g *generator) value(path []string, depth int) *document {
	switch n := g.IntN(10); {
	case depth > 5 || depth > 0 && n < 2:
		if g.one(3) {
			return array(g.value(path, depth-1))
		}
		return g.object(path, depth)
	case depth > 0 && n < 4:
		d := array()
		for range g.IntN(4) {
			d.items = append(d.items, g.value(path, depth-1))
		}
		return d
	}
	d := g.scalar()
	g.paths, g.leaves = append(g.paths, path), append(g.leaves, d)
	return d
}

// rows makes a longer array of objects that are alike, so that what patterns ask for stands in many of
// its elements, and seldom all in one.
func (g *generator) rows(path []string, depth int) *document {
	d := array()
	few := []*document{scalar("1"), scalar("2"), scalar(`"x"`)}
	for range 5 + g.IntN(60) {
		row := object()
		for _, key := range []string{"a", "b", "c"} {
			at := append(path[:len(path):len(path)], key)
			switch {
			case g.one(5):
			case depth > 1 && g.one(20):
				row.members = append(row.members, field(key, g.rows(at, depth-1)))
			default:
				row.members = append(row.members, field(key, pick(g, few)))
				g.paths, g.leaves = append(g.paths, at), append(g.leaves, pick(g, few))
			}
		}
		d.items = append(d.items, row)
	}
	return d
}

func (g *generator) scalar() *document {
	switch g.IntN(12) {
	case 0, 1, 2, 3:
		return scalar(g.escape(pick(g, texts)))
	case 4, 5, 6:
		return scalar(g.number())
	case 7:
		return scalar(quote(pick(g, ip4)))
	case 8:
		return scalar(quote(pick(g, ip6)))
	case 9:
		return scalar(g.escape(pick(g, emoji)))
	}
	return scalar(pick(g, []string{"true", "false", "null", "null", `""`, `"x"`}))
}

func (g *generator) number() string {
	switch g.IntN(6) {
	case 0:
		return strconv.Itoa(g.IntN(200) - 50)
	case 1:
		return strconv.FormatFloat((g.Float64()-0.3)*1000, 'g', 1+g.IntN(17), 64)
	case 2:
		return fmt.Sprintf("%d.%de%d", g.IntN(100)-50, g.IntN(1000), g.IntN(700)-350)
	}
	return pick(g, numbers)
}

// escape writes a string, now and then with letters escaped that need not be.
func (g *generator) escape(s string) string {
	if !g.one(6) {
		return quote(s)
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04X`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case r == '/':
			b.WriteString(`\/`)
		case g.one(2) || r < ' ' || r == '"' || r == '\\':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}
