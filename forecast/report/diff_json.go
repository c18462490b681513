package report

import (
	"encoding/json"
	"io"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/forecast"
)

// DiffJSON prints a line of JSON for each event that differs.
type DiffJSON struct{ Out io.Writer }

type diffLine struct {
	Topic     string       `json:"topic"`
	Partition int32        `json:"partition"`
	Offset    int64        `json:"offset"`
	Changed   []string     `json:"changed"`
	Before    forecastJSON `json:"before"`
	After     forecastJSON `json:"after"`
}

type forecastJSON struct {
	Outcome    string          `json:"outcome"`
	Rules      []string        `json:"rules"`
	Deliveries []messageJSON   `json:"deliveries"`
	Errors     []ruleErrorJSON `json:"errors"`
	Letters    string          `json:"dead_letters"` // where they go; empty where there are none
}

type messageJSON struct {
	Destination     string            `json:"destination"`
	Address         string            `json:"address"`
	Rule            string            `json:"rule"`
	BodyBytes       int               `json:"body_bytes"`
	Body            string            `json:"body,omitempty"` // where it differs
	Attributes      map[string]string `json:"attributes"`
	GroupID         string            `json:"group_id"`
	DeduplicationID string            `json:"deduplication_id"`
	Subject         string            `json:"subject"`
	Problems        []string          `json:"problems"`
}

type ruleErrorJSON struct {
	Rule  string `json:"rule,omitempty"` // empty where decoding failed
	Error string `json:"error"`
}

// Print writes the line of an event. The error is one of writing.
func (p *DiffJSON) Print(r *kgo.Record, before, after *forecast.Forecast, changes []forecast.Change) error {
	line := diffLine{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Before: jsonOf(before), After: jsonOf(after)}
	for _, c := range changes {
		line.Changed = append(line.Changed, c.Path())
		if c.What == "body" {
			line.Before.show(c.Destination, c.Before)
			line.After.show(c.Destination, c.After)
		}
	}
	return p.write(line)
}

func (p *DiffJSON) write(v any) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func jsonOf(f *forecast.Forecast) forecastJSON {
	j := forecastJSON{Outcome: f.Outcome, Rules: listed(f.Rules), Deliveries: []messageJSON{}, Errors: []ruleErrorJSON{}, Letters: f.DeadLetters}
	for _, e := range f.Errors {
		j.Errors = append(j.Errors, ruleErrorJSON{e.Rule, e.Text})
	}
	for i := range f.Messages {
		m := &f.Messages[i]
		one := messageJSON{
			Destination: m.Destination, Address: m.Address, Rule: m.Rule, BodyBytes: len(m.Body), Attributes: map[string]string{},
			GroupID: m.GroupID, DeduplicationID: m.DeduplicationID, Subject: m.Subject, Problems: listed(m.Problems),
		}
		for _, a := range m.Attributes {
			one.Attributes[a.Name] = a.Value
		}
		j.Deliveries = append(j.Deliveries, one)
	}
	return j
}

// show gives a delivery its body.
func (j *forecastJSON) show(destination, body string) {
	for i := range j.Deliveries {
		if j.Deliveries[i].Destination == destination {
			j.Deliveries[i].Body = body
		}
	}
}

// listed is a list that is never null.
func listed(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

// End writes the summary.
func (p *DiffJSON) End(events, differ int, moves []*forecast.Move) error {
	type moveJSON struct {
		From   []string `json:"from"`
		To     []string `json:"to"`
		Events int      `json:"events"`
	}
	summary := struct {
		Events  int        `json:"events"`
		Differ  int        `json:"differ"`
		Changes []moveJSON `json:"changes"`
	}{events, differ, []moveJSON{}}
	for _, m := range moves {
		summary.Changes = append(summary.Changes, moveJSON{m.From, m.To, m.Events})
	}
	return p.write(summary)
}
