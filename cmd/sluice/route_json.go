package main

import (
	"encoding/json"
	"io"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/routing"
)

// outcomes are the names of what the rules decide.
var outcomes = map[routing.Outcome]string{
	routing.Routed:     "routed",
	routing.Unmatched:  "unmatched",
	routing.Dropped:    "dropped",
	routing.DeadLetter: "dead_letter",
}

// routeLine is one line of sluice route --json. Lists are never null.
type routeLine struct {
	Outcome    string          `json:"outcome"`
	Rules      []string        `json:"rules"`
	Deliveries []routeDelivery `json:"deliveries"`
	Errors     []routeError    `json:"errors"`
}

type routeDelivery struct {
	Destination     string            `json:"destination"`
	BodyBytes       int               `json:"body_bytes"`
	Attributes      map[string]string `json:"attributes"`
	GroupID         string            `json:"group_id"`
	DeduplicationID string            `json:"deduplication_id"`
	Problems        []string          `json:"problems"`
}

type routeError struct {
	Rule  string `json:"rule"`
	Error string `json:"error"`
}

// jsonPrinter prints a line for each event.
type jsonPrinter struct {
	table *routing.Table
	enc   *json.Encoder
	line  routeLine // reused
}

func newJSONPrinter(out io.Writer, table *routing.Table) *jsonPrinter {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return &jsonPrinter{table: table, enc: enc, line: routeLine{Rules: []string{}, Deliveries: []routeDelivery{}, Errors: []routeError{}}}
}

func (p *jsonPrinter) print(x *bridge.Explanation) error {
	l := &p.line
	l.Outcome, l.Rules, l.Deliveries, l.Errors = outcomes[x.Decision.Outcome], l.Rules[:0], l.Deliveries[:0], l.Errors[:0]
	for _, i := range x.Decision.Matched {
		l.Rules = append(l.Rules, p.table.RuleName(i))
	}
	for i := range x.Deliveries {
		l.Deliveries = append(l.Deliveries, newRouteDelivery(&x.Deliveries[i]))
	}
	for _, e := range x.Decision.Errors {
		l.Errors = append(l.Errors, routeError{p.table.RuleName(e.Rule), e.Err.Error()})
	}
	return p.enc.Encode(l)
}

func newRouteDelivery(p *bridge.Preview) routeDelivery {
	m := &p.Message
	d := routeDelivery{
		Destination:     p.Destination.Name,
		BodyBytes:       len(m.Body),
		Attributes:      make(map[string]string, len(m.Attributes)),
		GroupID:         m.GroupID,
		DeduplicationID: m.DeduplicationID,
		Problems:        p.Problems(),
	}
	for _, a := range m.Attributes {
		d.Attributes[a.Name] = a.Value
	}
	if d.Problems == nil {
		d.Problems = []string{}
	}
	return d
}

func (p *jsonPrinter) end() error { return nil }
