package routetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// byDestination reads what is expected of messages.
func (r *reader) byDestination(p pair, at string) []check {
	var all []check
	add := func(d pair, path string, meets func(m *forecast.Message) (want, got string, ok bool)) {
		all = append(all, check{node: d.node, at: strings.TrimSuffix(at, p.key) + path, path: path, destinations: []string{d.key}, meets: func(f *forecast.Forecast) (string, string, bool) {
			m := f.Message(d.key)
			switch {
			case m == nil:
				want, _, _ := meets(&forecast.Message{})
				return want, "no message to " + d.key, false
			case len(m.Problems) > 0:
				want, _, _ := meets(&forecast.Message{})
				return want, "no message to " + d.key + ": " + strings.Join(m.Problems, "; "), false
			}
			return meets(m)
		}})
	}
	for _, d := range r.mapping(p.value, at) {
		path := p.key + "." + d.key
		switch p.key {
		case "attributes":
			for _, a := range r.mapping(d.value, at+"."+d.key) {
				want := r.optional(a.value, at+"."+d.key+"."+a.key)
				add(pair{d.key, a.node, nil}, path+"."+a.key, func(m *forecast.Message) (string, string, bool) {
					got, there := m.Attribute(a.key)
					return meetsText(want, got, there)
				})
			}
		case "group_id":
			want := r.optional(d.value, at+"."+d.key)
			add(d, path, func(m *forecast.Message) (string, string, bool) { return meetsText(want, m.GroupID, m.GroupID != "") })
		case "subject":
			want := r.optional(d.value, at+"."+d.key)
			add(d, path, func(m *forecast.Message) (string, string, bool) { return meetsText(want, m.Subject, m.Subject != "") })
		case "body":
			add(d, path, r.body(d.value, at+"."+d.key))
		}
	}
	return all
}

// optional reads a text; nil for null.
func (r *reader) optional(n *yaml.Node, path string) *string {
	if n = yamldoc.Resolve(n); n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return nil
	}
	text, _ := r.text(n, path)
	return &text
}

func meetsText(want *string, got string, there bool) (wanted, came string, ok bool) {
	if want == nil {
		return "none", excerpt.OrNone(got), !there
	}
	if !there {
		return strconv.Quote(*want), "none", *want == ""
	}
	return strconv.Quote(*want), strconv.Quote(got), *want == got
}

// body compares with a text byte for byte, and with anything else as JSON.
func (r *reader) body(n *yaml.Node, path string) func(m *forecast.Message) (string, string, bool) {
	if n = yamldoc.Resolve(n); n.Kind == yaml.ScalarNode {
		if v, _ := yamldoc.Scalar(n); v == n.Value {
			return func(m *forecast.Message) (string, string, bool) {
				return n.Value, string(m.Body), n.Value == string(m.Body)
			}
		}
	}
	want := r.json(nil, n, path, 0)
	return func(m *forecast.Message) (string, string, bool) {
		return string(want), string(m.Body), sameJSON(want, m.Body)
	}
}

// sameJSON compares two documents: members in any order, numbers by their value.
func sameJSON(a, b []byte) bool {
	x, err := document(a)
	y, err2 := document(b)
	return err == nil && err2 == nil && reflect.DeepEqual(x, y)
}

func document(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if dec.More() {
		return nil, fmt.Errorf("more follows the document")
	}
	return plainNumbers(v), nil
}

// plainNumbers gives numbers of one value one notation: whole ones all their digits, others what a
// float64 holds.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = plainNumbers(item)
		}
	case []any:
		for i, item := range v {
			v[i] = plainNumbers(item)
		}
	case json.Number:
		if whole, ok := new(big.Int).SetString(v.String(), 10); ok {
			return json.Number(whole.String())
		}
		if f, err := v.Float64(); err == nil {
			return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
		}
	}
	return v
}
