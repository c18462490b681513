package ruler

import (
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/routing"
)

// ours answers as the oracle does. All patterns go into one table, so that its index is put to use.
func ours(patterns, events []*document) (*Answer, error) {
	answer := &Answer{Refused: make([]*string, len(patterns)), Matches: make([][]bool, len(patterns))}
	options := routing.Options{Destinations: []routing.Destination{{Name: "d"}}}
	for i, p := range patterns {
		match, err := configured(p)
		if err != nil {
			reason := err.Error()
			answer.Refused[i] = &reason
			match = map[string]any{"x": []any{1}}
		}
		options.Rules = append(options.Rules, routing.Rule{Match: match, To: []string{"d"}, Continue: true})
	}
	table, err := routing.Compile(options)
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

// To YAML this character ends a line.
var lineSeparator = strings.NewReplacer("\u2028", `\u2028`)

// configured is a pattern as the configuration has it, pasted as it stands.
func configured(pattern *document) (map[string]any, error) {
	c, err := config.Parse(fmt.Appendf(nil, `
kafka: {brokers: ["localhost:9092"], group: g}
topics: {t: {}}
destinations: {d: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/d"}}
rules:
  - to: [d]
    match: %s
`, lineSeparator.Replace(pattern.String())), "bridge.yaml", nil)
	if err != nil {
		return nil, err
	}
	return c.Rules[0].Match, nil
}
