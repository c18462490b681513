package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// maxNesting is deeper than any event, and shallow enough for an anchor that holds itself.
const maxNesting = 1000

// json writes a value of the file as JSON. Keys stay in their order, and numbers as they are
// written, where JSON has the notation.
func (r *caseReader) json(b []byte, n *yaml.Node, path string, depth int) []byte {
	if n = resolve(n); depth > maxNesting {
		r.addf(n, path, "this nests deeper than %d levels, or holds itself", maxNesting)
		r.over = true
	}
	if r.exhausted(n) {
		return append(b, "null"...)
	}
	switch n.Kind {
	case yaml.MappingNode:
		b = append(b, '{')
		for i, p := range r.mapping(n, path) {
			if i > 0 {
				b = append(b, ',')
			}
			b = r.json(append(quote(b, p.key), ':'), p.value, path, depth+1)
		}
		return append(b, '}')
	case yaml.SequenceNode:
		return appendList(b, n.Content, func(b []byte, item *yaml.Node) []byte { return r.json(b, item, path, depth+1) })
	}
	return r.scalar(b, n, path)
}

func (r *caseReader) scalar(b []byte, n *yaml.Node, path string) []byte {
	var v any
	switch tag := n.ShortTag(); tag {
	case "!!null":
		return append(b, "null"...)
	case "!!str", "!!timestamp":
		if n.Style == 0 && json.Valid([]byte(n.Value)) {
			return append(b, n.Value...) // a number beyond those of YAML
		}
		return quote(b, n.Value)
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return append(b, n.Value...)
		}
	case "!!bool":
	default:
		r.addf(n, path, "the tag %s means nothing here; remove it", tag)
		return append(b, "null"...)
	}
	if err := n.Decode(&v); err != nil {
		r.addf(n, path, "the value does not fit its tag; remove the tag")
	}
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case float64:
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			return strconv.AppendFloat(b, v, 'g', -1, 64)
		}
	}
	r.addf(n, path, "%s is no value of JSON; put it in quotes for a text", n.Value)
	return append(b, "null"...)
}

// quote writes a text as JSON, and escapes no more than it must.
func quote(b []byte, s string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always can be
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}
