package routetest

import (
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// statedSchema is what a case says its value was decoded by.
type statedSchema struct {
	codec.Schema
	name string
	node *yaml.Node
}

func (r *reader) schema(n *yaml.Node, path string) *statedSchema {
	s := &statedSchema{node: n}
	for _, p := range r.mapping(n, path, "name", "id", "subject", "version") {
		at := path + "." + p.key
		switch p.key {
		case "name":
			s.name, _ = r.text(p.value, at)
		case "subject":
			s.Subject, _ = r.text(p.value, at)
		case "id":
			s.ID = r.positive(p.value, at)
		case "version":
			s.Version = r.positive(p.value, at)
		}
	}
	return s
}

// positive reads what registries count from 1.
func (r *reader) positive(n *yaml.Node, path string) int {
	text, ok := r.text(n, path)
	if !ok || r.oddNumber(n, path) {
		return 0
	}
	v, err := strconv.ParseInt(text, 10, 32)
	if err != nil || v < 1 {
		r.addf(n, path, "%q is not a whole number from 1 on; write one in digits, like 7", excerpt.Of(text))
	}
	return int(v)
}

// state has the explainer take the value of a case for what was decoded by a schema.
func (c *testCase) state(e *forecast.Forecaster) {
	if c.schema == nil {
		e.State(nil, "")
		return
	}
	e.State(&c.schema.Schema, c.schema.name)
}

// schemas checks that schemas are stated for topics that have some.
func (r *reader) schemas(s *Suite) {
	lookup := s.forecaster.Config().TopicLookup()
	for i, c := range s.cases {
		if c.schema == nil || c.record == nil {
			continue
		}
		if format := lookup(c.record.Topic).Format; !codec.Format(format).Schemas() {
			r.addf(c.schema.node, "cases["+strconv.Itoa(i)+"].event.schema", "the topic %s has the format %s, and no schemas; remove schema", c.record.Topic, format)
		}
	}
}
