package ruler

import (
	"slices"
	"strconv"
	"strings"
)

// pattern makes a pattern, mostly over what the events so far have, and now and then not valid.
func (g *generator) pattern() *document {
	d := object()
	for range 1 + g.IntN(3) {
		path, leaf := []string{pick(g, keys)}, g.scalar()
		if len(g.paths) > 0 && !g.one(8) {
			i := g.IntN(len(g.paths))
			path, leaf = g.paths[i], g.leaves[i]
			if g.one(8) && len(path) > 1 {
				path = path[:len(path)-1]
			}
		}
		g.put(d, path, g.tests(leaf))
	}
	if g.one(8) {
		g.or(d)
	}
	if g.one(12) {
		g.spoil(d)
	}
	return d
}

// put adds a field at a path, unless one is in the way.
func (g *generator) put(d *document, path []string, tests *document) {
	for i, key := range path {
		at := slices.IndexFunc(d.members, func(m member) bool { return unquote(m.key) == key })
		switch {
		case i+1 == len(path) && at < 0:
			d.members = append(d.members, member{g.escape(key), tests})
		case i+1 == len(path) || at >= 0 && d.members[at].value.kind != 'o':
			return
		case at < 0:
			sub := object()
			d.members = append(d.members, member{g.escape(key), sub})
			d = sub
		default:
			d = d.members[at].value
		}
	}
}

// or moves one field into a $or, beside others.
func (g *generator) or(d *document) {
	at := d
	for g.one(2) {
		var objects []*document
		for _, m := range at.members {
			if m.value.kind == 'o' {
				objects = append(objects, m.value)
			}
		}
		if len(objects) == 0 {
			break
		}
		at = pick(g, objects)
	}
	list := array(object(at.members[0]))
	at.members = at.members[1:]
	for range 1 + g.IntN(2) {
		alternative := object()
		for range 1 + g.IntN(2) {
			g.put(alternative, []string{pick(g, keys)}, g.tests(g.scalar()))
		}
		if g.one(8) {
			g.or(alternative)
		}
		list.items = append(list.items, alternative)
	}
	at.members = append(at.members, field("$or", list))
}

func (g *generator) tests(leaf *document) *document {
	d := array()
	for range 1 + g.IntN(4)*g.IntN(2) {
		about := leaf
		if g.one(5) {
			about = g.scalar()
		}
		d.items = append(d.items, g.test(about))
	}
	return d
}

// test makes one about a value.
func (g *generator) test(leaf *document) *document {
	switch g.IntN(12) {
	case 0, 1, 2:
		return scalar(leaf.raw)
	case 3:
		return operator("exists", scalar(strconv.FormatBool(!g.one(3))))
	case 4:
		return operator("anything-but", g.anythingBut(leaf))
	}
	text := pick(g, texts)
	if leaf.isString() {
		text = unquote(leaf.raw)
	}
	if leaf.isNumber() && !g.one(6) {
		return g.numeric(leaf)
	}
	switch g.IntN(9) {
	case 0, 1:
		t := g.affix("prefix", text)
		if g.one(3) {
			t = operator("equals-ignore-case", scalar(quote(g.recase(unquote(t.raw)))))
		}
		return operator("prefix", t)
	case 2, 3:
		t := g.affix("suffix", text)
		if g.one(3) {
			t = operator("equals-ignore-case", scalar(quote(g.recase(unquote(t.raw)))))
		}
		return operator("suffix", t)
	case 4:
		return operator("equals-ignore-case", scalar(quote(g.recase(text))))
	case 5, 6:
		return operator("wildcard", scalar(quote(g.wild(text))))
	case 7:
		if !strings.ContainsAny(text, ".:") && !g.one(4) {
			return scalar(leaf.raw)
		}
		return operator("cidr", scalar(quote(g.block())))
	}
	return operator("exactly", scalar(g.escape(text)))
}

// affix cuts a text to a start or an end.
func (g *generator) affix(name, text string) *document {
	r := []rune(text)
	n := g.IntN(len(r) + 1)
	if len(r) > 0 && n%len(r) == 0 && g.one(2) {
		n = len(r) / 2
	}
	if name == "prefix" {
		return scalar(g.escape(string(r[:n])))
	}
	return scalar(g.escape(string(r[n:])))
}

func (g *generator) recase(text string) string {
	switch g.IntN(3) {
	case 0:
		return strings.ToUpper(text)
	case 1:
		return strings.ToLower(text)
	}
	return text
}

// wild puts stars into a text.
func (g *generator) wild(text string) string {
	text = strings.NewReplacer(`\`, `\\`, `*`, `\*`).Replace(text)
	r := []rune(text)
	for range 1 + g.IntN(2) {
		from := g.IntN(len(r) + 1)
		to := from + g.IntN(len(r)-from+1)
		r = slices.Concat(r[:from], []rune("*"), r[to:])
	}
	return string(r)
}

func (g *generator) block() string {
	bits := func(width int) string {
		if g.one(8) {
			return pick(g, []string{"", "-1", "+8", "x", "8/", "8//", "/8", "32", "33", "127", "128", "129"})
		}
		return strconv.Itoa(g.IntN(width))
	}
	if g.one(2) {
		return pick(g, ip6) + "/" + bits(128)
	}
	return pick(g, ip4) + "/" + bits(32)
}

func (g *generator) numeric(leaf *document) *document {
	low, high := leaf, scalar(g.number())
	if (g.float(low) > g.float(high)) != g.one(10) {
		low, high = high, low
	}
	signs := func(s ...string) *document { return scalar(quote(pick(g, s))) }
	switch g.IntN(3) {
	case 0:
		return operator("numeric", array(signs("=", "<", "<=", ">", ">="), leaf))
	case 1:
		return operator("numeric", array(signs(">", ">="), low, signs("<", "<="), high))
	}
	return operator("numeric", array(signs("<", "<=", ">", ">="), high))
}

func (g *generator) float(d *document) float64 {
	f, _ := strconv.ParseFloat(d.raw, 64)
	return f
}

func (g *generator) anythingBut(leaf *document) *document {
	one := func() *document {
		switch {
		case leaf.isNumber():
			return scalar(g.number())
		case leaf.isString() && g.one(2):
			return leaf
		}
		return scalar(g.escape(pick(g, texts)))
	}
	list := func(one func() *document) *document {
		if g.one(2) {
			return one()
		}
		d := array()
		for range 1 + g.IntN(3) {
			d.items = append(d.items, one())
		}
		return d
	}
	if g.one(2) {
		return list(one)
	}
	name := pick(g, []string{"prefix", "suffix", "equals-ignore-case", "wildcard"})
	return operator(name, list(func() *document {
		text := pick(g, texts)
		if leaf.isString() && g.one(2) {
			text = unquote(leaf.raw)
		}
		switch name {
		case "wildcard":
			return scalar(quote(g.wild(text)))
		case "equals-ignore-case":
			return scalar(quote(g.recase(text)))
		}
		return g.affix(name, text)
	}))
}

// spoil changes one value of a pattern into something that stands there wrongly, or may.
func (g *generator) spoil(d *document) {
	*d = *d.clone() // parts of it belong to events
	var all []*document
	d.walk("", func(_ string, v *document) { all = append(all, v) })
	v := pick(g, all)
	*v = *pick(g, []*document{
		scalar("null"), scalar("true"), scalar("1"), scalar(`"x"`), scalar(`""`), scalar(`"a**b"`), scalar(`"a\\b"`), array(), object(),
		array(scalar("1")), array(scalar(`"x"`)), array(array(scalar("1"))), array(scalar("1"), scalar(`"x"`)), array(scalar("null")),
		array(scalar(`"="`), scalar("1")), array(scalar(`">"`), scalar("1"), scalar(`"<"`), scalar("1")), array(scalar(`"<"`), scalar("1"), scalar(`">"`), scalar("0")),
		array(scalar(`">"`), scalar("1"), scalar(`">"`), scalar("2")), array(scalar(`"=>"`), scalar("1")), array(scalar(`">"`), scalar(`"1"`)), array(scalar(`">"`)),
		operator("prefix", scalar(`"x"`)), operator("prefix", array(scalar(`"x"`))), operator("prefx", scalar(`"x"`)), operator("exists", scalar(`"x"`)),
		operator("numeric", scalar("1")), operator("$or", array(object(field("a", array(scalar("1")))))),
		operator("anything-but", scalar("null")), operator("anything-but", array(scalar("true"))), operator("anything-but", operator("suffix", scalar(`""`))),
		operator("anything-but", operator("exists", scalar("true"))), operator("anything-but", operator("prefix", array(scalar(`""`)))), operator("anything-but", array()),
		object(field("prefix", scalar(`"x"`)), field("suffix", scalar(`"x"`))), operator("wildcard", scalar(`"\\"`)), operator("cidr", scalar(`"10.0.0.0"`)),
		array(operator("exactly", scalar("1"))), array(operator("wildcard", array(scalar(`"x"`)))), array(operator("cidr", scalar("1"))), array(operator("equals-ignore-case", scalar("1"))),
	}).clone()
}
