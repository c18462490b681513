package routetest

import (
	"github.com/twmb/franz-go/pkg/kgo"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/forecast/event"
)

// event reads an event by writing it as sluice route takes it, nil where it is wrong, and the schema of its
// value, which is nil where none is stated.
func (r *reader) event(n *yaml.Node, path string) (*kgo.Record, *statedSchema) {
	before := len(r.Problems)
	b, topic := []byte{'{'}, false
	var plain *pair
	var value string
	var schema *statedSchema
	for _, p := range r.mapping(n, path, "topic", "partition", "offset", "timestamp", "key", "key_base64",
		"headers", "headers_base64", "value", "value_base64", "value_text", "schema") {
		at := path + "." + p.key
		switch p.key {
		case "value":
			value = p.key
			b = r.member(b, p, r.json(nil, p.value, at, 0))
		case "value_base64":
			value = p.key
			b = r.member(b, p, r.texts(nil, p.value, at))
		case "value_text":
			plain = &p
		case "schema":
			schema = r.schema(p.value, at)
		case "headers", "headers_base64":
			b = r.member(b, p, r.headers(p.value, at))
		case "partition", "offset", "timestamp":
			if !r.oddNumber(p.value, at) {
				b = r.member(b, p, r.json(nil, p.value, at, 0))
			}
		default:
			topic = topic || p.key == "topic"
			b = r.member(b, p, r.texts(nil, p.value, at))
		}
	}
	var text string
	if plain != nil {
		text, _ = r.text(plain.value, path+".value_text")
		if value != "" {
			r.addf(plain.node, path+".value_text", "the event has %s too; leave one out", value)
		}
	}
	if len(r.Problems) > before {
		return nil, nil
	}
	if !topic {
		r.addf(n, path, "the event has no topic; add one like topic: orders")
		return nil, nil
	}
	record, err := event.Parse(append(b, '}'))
	if err != nil {
		r.addf(n, path, "%s", err.Error())
		return nil, nil
	}
	if plain != nil {
		record.Value = []byte(text)
	}
	return record, schema
}

func (r *reader) member(b []byte, p pair, value []byte) []byte {
	return append(append(quote(separate(b), p.key), ':'), value...)
}

// texts writes a scalar as the text that it is written as, so that key: 7 needs no quotes.
func (r *reader) texts(b []byte, n *yaml.Node, path string) []byte {
	if n = yamldoc.Resolve(n); n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return r.json(b, n, path, 0) // what reads the event says what is wrong with it
	}
	text, _ := r.text(n, path)
	return quote(b, text)
}

func (r *reader) headers(n *yaml.Node, path string) []byte {
	if n = yamldoc.Resolve(n); n.Kind != yaml.MappingNode {
		return r.json(nil, n, path, 0)
	}
	b := []byte{'{'}
	for _, p := range r.mapping(n, path) {
		value := yamldoc.Resolve(p.value)
		if value.Kind != yaml.SequenceNode {
			b = r.member(b, p, r.texts(nil, value, path+"."+p.key))
			continue
		}
		list := []byte{'['}
		for _, item := range value.Content {
			list = r.texts(separate(list), item, path+"."+p.key)
		}
		b = r.member(b, p, append(list, ']'))
	}
	return append(b, '}')
}
