package wiring

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/config"
)

// Destinations that may lead to one FIFO queue have ids of their own, however the queue is written.
func TestDestinationsOfOneQueueHaveIDsOfTheirOwn(t *testing.T) {
	cfg := loaded(t, `
kafka: {brokers: [localhost:9092], group: g}
aws: {region: eu-west-1}
destinations:
  a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/q.fifo"}
  b: {sqs: "arn:aws:sqs:eu-west-1:111122223333:q.fifo"}
  c: {sqs: q.fifo}
  d: {sqs: q.fifo, region: eu-west-2}
  e: {sqs: "arn:aws:sqs:eu-west-1:444455556666:other.fifo"}
  f: {sqs: "arn:aws:sqs:eu-west-1:111122223333:other.fifo"}
  g: {sns: "arn:aws:sns:eu-west-1:111122223333:q.fifo"}
  h: {sns: "arn:aws:sns:eu-west-1:111122223333:q.fifo"}
rules: [{topics: [t], to: [a, b, c, d, e, f, g, h]}]
`)
	named := ""
	for _, d := range Destinations(cfg, nil) {
		if d.NamedID {
			named += d.Name
		}
	}
	if named != "abcgh" {
		t.Errorf("named: %q", named)
	}
}

// Through any reloads, at most one destination of a place has ids without its name, and none that another one of
// that place may have sent for the same record; what stays as it is keeps its kind.
func TestKindsOfIDsStayDistinctThroughReloads(t *testing.T) {
	const (
		unknown = "q.fifo"
		first   = "'https://sqs.eu-west-1.amazonaws.com/111111111111/q.fifo'"
		second  = "'https://sqs.eu-west-1.amazonaws.com/222222222222/q.fifo'"
	)
	type places map[string]string
	for name, c := range map[string]struct {
		steps []places
		named []string // of the last
	}{
		"alone":                             {[]places{{"m": unknown}}, nil},
		"together":                          {[]places{{"m": unknown, "n": unknown}}, []string{"m", "n"}},
		"another comes":                     {[]places{{"m": unknown}, {"m": unknown, "n": unknown}}, []string{"n"}},
		"another goes":                      {[]places{{"m": unknown, "n": unknown}, {"n": unknown}}, []string{"n"}},
		"renamed":                           {[]places{{"m": unknown}, {"n": unknown}}, nil},
		"written with its account":          {[]places{{"m": unknown}, {"m": first}}, nil},
		"one comes to another's place":      {[]places{{"m": first, "n": second}, {"m": unknown, "n": second}}, []string{"m"}},
		"one comes where another was":       {[]places{{"m": first, "n": second}, {"n": first}}, []string{"n"}},
		"both change places":                {[]places{{"m": first, "n": second}, {"m": second, "n": first}}, []string{"m", "n"}},
		"both are written otherwise":        {[]places{{"m": first, "n": second}, {"m": unknown, "n": unknown}}, []string{"m", "n"}},
		"one of two is renamed":             {[]places{{"m": unknown}, {"m": unknown, "n": unknown}, {"k": unknown}}, []string{"k"}},
		"one of two is written otherwise":   {[]places{{"m": unknown}, {"m": unknown, "n": unknown}, {"n": first}}, []string{"n"}},
		"a third one joins what is alone":   {[]places{{"m": first, "n": second}, {"k": unknown, "m": first, "n": second}}, []string{"k"}},
		"what is elsewhere is no neighbour": {[]places{{"m": first}, {"m": first, "n": second}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var before *Replaced
			for _, step := range c.steps {
				names := slices.Sorted(maps.Keys(step))
				var all []string
				for _, n := range names {
					all = append(all, fmt.Sprintf("%s: {sqs: %s}", n, step[n]))
				}
				cfg := loaded(t, fmt.Sprintf("kafka: {brokers: [b:9092], group: g}\naws: {region: eu-west-1}\ndestinations: {%s}\nrules: [{topics: [t], to: [%s]}]\n",
					strings.Join(all, ", "), strings.Join(names, ", ")))
				before = &Replaced{cfg, Destinations(cfg, before)}
			}
			var named []string
			for _, d := range before.Destinations {
				if d.NamedID {
					named = append(named, d.Name)
				}
			}
			if !slices.Equal(named, c.named) {
				t.Errorf("ids have the names %v, want %v", named, c.named)
			}
		})
	}
}

// An attribute that is said to be a String is as good as one of which nothing is said.
func TestStringIsTheTypeWhereNoneIsGiven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		types map[string]config.AttributeType
		want  message.AttributeTypes
	}{
		{nil, nil},
		{map[string]config.AttributeType{"a": "String"}, nil},
		{map[string]config.AttributeType{"a": "String", "b": "Number", "c": "String.Array"}, message.AttributeTypes{"b": attribute.Number, "c": attribute.Array}},
	} {
		if got := attributeTypes(config.Destination{AttributeTypes: c.types}); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v, want %v", c.types, got, c.want)
		}
	}
}
