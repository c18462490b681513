package ruler

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// ours answers as the oracle does. All patterns go into one table, so that its index is put to use.
func ours(patterns, events []*document) (*Answer, error) {
	answer := &Answer{Refused: make([]*string, len(patterns)), Matches: make([][]bool, len(patterns))}
	options := routing.Options{Destinations: []routing.Destination{{Name: "d"}}}
	for i, p := range patterns {
		match, ok := p.decoded().(map[string]any)
		if !ok {
			reason := "the pattern is no map"
			answer.Refused[i] = &reason
			match = map[string]any{"x": []any{1}}
		}
		options.Rules = append(options.Rules, routing.Rule{Match: match, To: []string{"d"}, Continue: true})
	}
	table, err := routing.Compile(options)
	var problems routing.Problems
	if errors.As(err, &problems) {
		for i := range problems {
			p := &problems[i]
			var rule int
			if _, err := fmt.Sscanf(p.Path, "rules[%d]", &rule); err != nil {
				return nil, fmt.Errorf("%s: %s", p.Path, p.Message)
			}
			answer.Refused[rule] = &p.Message
			options.Rules[rule].Match = map[string]any{"x": []any{1}}
		}
		table, err = routing.Compile(options)
	}
	if err != nil {
		return nil, err
	}
	for i, refused := range answer.Refused {
		if refused == nil {
			answer.Matches[i] = make([]bool, len(events))
		}
	}
	var d routing.Decision
	for j, e := range events {
		raw := []byte(e.String())
		table.Route(&routing.Event{Record: &kgo.Record{Topic: "t", Value: raw}, Value: codec.Decode(codec.FormatJSON, raw, true)}, &d)
		for _, i := range d.Matched {
			if answer.Matches[i] != nil {
				answer.Matches[i][j] = true
			}
		}
	}
	return answer, nil
}
