package message

import (
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

// headerGroup are all headers of one name, in the order of the record.
type headerGroup struct {
	name   string // valid UTF-8
	values [][]byte
}

// groupHeaders groups the headers that are wanted by their names, in the order of the record.
func groupHeaders(headers []kgo.RecordHeader, wanted func(name string) bool) []headerGroup {
	if len(headers) == 0 {
		return nil
	}
	groups := make([]headerGroup, 0, len(headers))
	single := make([][]byte, len(headers))
	at := make(map[string]int, len(headers))
	for i, h := range headers {
		if !wanted(h.Key) {
			continue
		}
		name := strings.ToValidUTF8(h.Key, "\uFFFD")
		if first, again := at[name]; again {
			groups[first].values = append(groups[first].values, h.Value)
			continue
		}
		at[name] = len(groups)
		single[i] = h.Value
		groups = append(groups, headerGroup{name, single[i : i+1 : i+1]})
	}
	return groups
}

func (g headerGroup) isText() bool {
	for _, v := range g.values {
		if !sendable(v) {
			return false
		}
	}
	return true
}

// append writes the group as a member of an object: one value, or an array where the name is
// repeated.
func (g headerGroup) append(b []byte, value func(b, v []byte) []byte) []byte {
	b = append(jsontext.AppendText(b, g.name), ':')
	if len(g.values) == 1 {
		return value(b, g.values[0])
	}
	b = append(b, '[')
	for i, v := range g.values {
		if i > 0 {
			b = append(b, ',')
		}
		b = value(b, v)
	}
	return append(b, ']')
}

// appendHeaders writes the headers for the JSON envelope: those that are text, and those that are
// not in an object of their own. All values of a name are in one of the two, so their order stays.
func appendHeaders(b []byte, headers []kgo.RecordHeader) []byte {
	groups := groupHeaders(headers, func(string) bool { return true })
	var binary []headerGroup
	b = append(b, `,"headers":{`...)
	first := true
	for _, g := range groups {
		if !g.isText() {
			binary = append(binary, g)
			continue
		}
		if !first {
			b = append(b, ',')
		}
		b, first = g.append(b, textOrNull), false
	}
	b = append(b, '}')
	if len(binary) == 0 {
		return b
	}
	b = append(b, `,"headers_base64":{`...)
	for i, g := range binary {
		if i > 0 {
			b = append(b, ',')
		}
		b = g.append(b, base64OrNull)
	}
	return append(b, '}')
}

func textOrNull(b, v []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	return jsontext.AppendText(b, v)
}

func base64OrNull(b, v []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	return appendBase64(b, v)
}

// textOrMarked writes what cannot be sent as text as an object that says so.
func textOrMarked(b, v []byte) []byte {
	if sendable(v) {
		return textOrNull(b, v)
	}
	b = appendBase64(append(b, `{"base64":`...), v)
	return append(b, '}')
}
