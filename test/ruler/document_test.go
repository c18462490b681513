package ruler

import (
	"encoding/json"
	"strings"
)

// document is a JSON value that keeps how it is written: repeated keys, escapes, forms of numbers.
type document struct {
	raw     string // a scalar
	members []member
	items   []*document
	kind    byte // 's'calar, 'o'bject, 'a'rray
}

type member struct {
	key   string // raw, with its quotes
	value *document
}

func scalar(raw string) *document                 { return &document{kind: 's', raw: raw} }
func array(items ...*document) *document          { return &document{kind: 'a', items: items} }
func object(members ...member) *document          { return &document{kind: 'o', members: members} }
func field(key string, v *document) member        { return member{quote(key), v} }
func operator(name string, v *document) *document { return object(field(name, v)) }

// quote writes a string as Go's encoder does, but for what it escapes for the sake of HTML.
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

func unquote(raw string) string {
	var s string
	_ = json.Unmarshal([]byte(raw), &s)
	return s
}

func (d *document) String() string {
	var b strings.Builder
	d.write(&b)
	return b.String()
}

func (d *document) write(b *strings.Builder) {
	switch d.kind {
	case 's':
		b.WriteString(d.raw)
	case 'a':
		b.WriteByte('[')
		for i, v := range d.items {
			if i > 0 {
				b.WriteByte(',')
			}
			v.write(b)
		}
		b.WriteByte(']')
	default:
		b.WriteByte('{')
		for i, m := range d.members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(m.key)
			b.WriteByte(':')
			m.value.write(b)
		}
		b.WriteByte('}')
	}
}

func (d *document) isString() bool { return d.kind == 's' && d.raw[0] == '"' }

func (d *document) isNumber() bool {
	return d.kind == 's' && (d.raw[0] == '-' || d.raw[0] >= '0' && d.raw[0] <= '9')
}

// walk calls f for each value, with the key of the nearest object above it.
func (d *document) walk(key string, f func(key string, d *document)) {
	f(key, d)
	for _, v := range d.items {
		v.walk(key, f)
	}
	for _, m := range d.members {
		m.value.walk(unquote(m.key), f)
	}
}

func (d *document) clone() *document {
	c := *d
	c.items, c.members = nil, nil
	for _, v := range d.items {
		c.items = append(c.items, v.clone())
	}
	for _, m := range d.members {
		c.members = append(c.members, member{m.key, m.value.clone()})
	}
	return &c
}
