package routetest

import (
	"bytes"
	"encoding/json"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// maxNesting is deeper than any event, and shallow enough for an anchor that holds itself.
const maxNesting = 1000

// json writes a value of the file as JSON. Keys stay in their order, and numbers as they are
// written, where JSON has the notation.
func (r *reader) json(b []byte, n *yaml.Node, path string, depth int) []byte {
	if n = yamldoc.Resolve(n); depth > maxNesting {
		r.addf(n, path, "this nests deeper than %d levels, or holds itself", maxNesting)
		r.over = true
	}
	if r.exhausted(n) {
		return append(b, "null"...)
	}
	switch n.Kind {
	case yaml.MappingNode:
		b = append(b, '{')
		for _, p := range r.mapping(n, path) {
			b = r.json(append(quote(separate(b), p.key), ':'), p.value, path+"."+p.key, depth+1)
		}
		return append(b, '}')
	case yaml.SequenceNode:
		b = append(b, '[')
		for i, item := range n.Content {
			b = r.json(separate(b), item, yamldoc.Index(path, i), depth+1)
		}
		return append(b, ']')
	}
	return r.scalar(b, n, path)
}

func (r *reader) scalar(b []byte, n *yaml.Node, path string) []byte {
	v, err := yamldoc.Scalar(n)
	if err != nil {
		r.addf(n, path, "%s", err)
	}
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case json.Number:
		return append(b, v...)
	case string:
		return quote(b, v)
	}
	return append(b, "null"...)
}

// separate appends the comma between two values, where one stands before.
func separate(b []byte) []byte {
	if last := b[len(b)-1]; last == '[' || last == '{' {
		return b
	}
	return append(b, ',')
}

// oddNumber refuses a number in a notation that JSON does not have, where no text can stand for it.
func (r *reader) oddNumber(n *yaml.Node, path string) bool {
	n = yamldoc.Resolve(n)
	if n.Kind != yaml.ScalarNode || yamldoc.Misread(n) != nil {
		return false
	}
	_, err := yamldoc.Scalar(n)
	if err != nil {
		r.addf(n, path, "JSON writes no number as %s; write it in decimal digits, like 10", excerpt.Of(n.Value))
	}
	return err != nil
}

// quote writes a text as JSON, and escapes no more than it must.
func quote(b []byte, s string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always can be
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}
