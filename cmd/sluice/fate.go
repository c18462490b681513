package main

import (
	"cmp"
	"errors"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/topic"
)

// outcomeNotRead is what becomes of the events of a topic that the bridge does not read.
const outcomeNotRead = "not_read"

// fate is what becomes of an event under one configuration, in a form that can be compared.
type fate struct {
	outcome       string
	reason        bridge.Reason // of a dead letter that the event becomes before any message is made of it; else empty
	rules         []string
	errors        []ruleError
	letters       string // where what becomes a dead letter goes; empty where nothing does
	correlationID string
	messages      []message // by destination
}

// ruleError is a rule that failed.
type ruleError struct{ rule, err string }

// errorsOf are why the value could not be read, which is no rule's, and the rules that failed.
func errorsOf(x *bridge.Explanation, table *routing.Table) []ruleError {
	var all []ruleError
	if err := x.NotJSON(); err != nil {
		all = append(all, ruleError{"", err.Error()})
	}
	for _, e := range x.Decision.Errors {
		all = append(all, ruleError{table.RuleName(e.Rule), e.Err.Error()})
	}
	return all
}

// message is what a destination would get.
type message struct {
	destination, address string
	rule                 string
	body                 []byte
	attributes           []bridge.Attribute // by name
	group, deduplication string
	subject, trace       string
	problems             []string // with any, it becomes a dead letter
}

// teller tells fates by one configuration. It is not safe for concurrent use.
type teller struct {
	config    *config.Config
	explainer *forecast.Explainer
	table     *routing.Table
	topics    topic.Set
	letters   string
	addresses map[string]string
	x         bridge.Explanation
}

func newTeller(cfg *config.Config, e *forecast.Explainer, table *routing.Table) *teller {
	t := &teller{config: cfg, explainer: e, table: table, topics: cfg.Reads(), letters: letters(cfg), addresses: map[string]string{}}
	for name, d := range cfg.Destinations {
		t.addresses[name] = where(d)
	}
	return t
}

// where tells queues and topics apart that may have one name.
func where(d config.Destination) string {
	a := d.Address()
	text := describe(a)
	for _, part := range []string{cmp.Or(a.Account, a.URL), cmp.Or(a.Region, d.Region), d.Endpoint} {
		if part != "" {
			text += ", " + part
		}
	}
	return text
}

// tell says what becomes of a record. The fate refers to memory of the record and of the teller,
// which it uses again for the next one. The error says why it cannot be told.
func (t *teller) tell(r *kgo.Record, origin bridge.Origin) (fate, error) {
	x := &t.x
	if !t.topics.Match(r.Topic) {
		return fate{outcome: outcomeNotRead}, nil
	}
	err := t.explainer.Explain(r, origin, x)
	var undecodable *codec.UndecodableError
	switch {
	case errors.As(err, &undecodable):
		return fate{outcome: outcomes[routing.DeadLetter], reason: bridge.WhyHomeless(&x.Decision, err), letters: t.letters, errors: []ruleError{{"", err.Error()}}}, nil
	case err != nil:
		return fate{}, unexplained{err}
	}
	f := fate{outcome: outcomes[x.Outcome()], correlationID: x.Event.CorrelationID}
	for _, rule := range x.Decision.Matched {
		f.rules = append(f.rules, t.table.RuleName(rule))
	}
	f.errors = errorsOf(x, t.table)
	if x.Decision.Outcome == routing.DeadLetter {
		f.letters, f.reason = t.letters, bridge.WhyHomeless(&x.Decision, nil)
	}
	for i := range x.Deliveries {
		d := &x.Deliveries[i]
		m := message{
			destination: d.Destination.Name, address: t.addresses[d.Destination.Name], rule: d.Rule,
			body: d.Message.Body, attributes: slices.Clone(d.Message.Attributes),
			group: d.Message.GroupID, deduplication: d.Message.DeduplicationID,
			subject: d.Message.Subject, trace: d.Message.TraceHeader, problems: d.Problems(),
		}
		slices.SortFunc(m.attributes, func(a, b bridge.Attribute) int { return cmp.Compare(a.Name, b.Name) })
		if len(m.problems) > 0 {
			f.letters = t.letters
		}
		f.messages = append(f.messages, m)
	}
	slices.SortFunc(f.messages, func(a, b message) int { return cmp.Compare(a.destination, b.destination) })
	return f, nil
}

// sent are the destinations that get a message: those whose message has no problem.
func (f *fate) sent() []string {
	var names []string
	for i := range f.messages {
		if len(f.messages[i].problems) == 0 {
			names = append(names, f.messages[i].destination)
		}
	}
	return names
}

// ends says in a list where the event ends up.
func (f *fate) ends() []string {
	ends := f.sent()
	switch {
	case f.letters != "":
		ends = append(ends, "dead_letters")
	case len(ends) == 0:
		ends = append(ends, f.outcome) // dropped, unmatched, not_read
	}
	return ends
}

func (f *fate) message(destination string) *message {
	for i := range f.messages {
		if f.messages[i].destination == destination {
			return &f.messages[i]
		}
	}
	return nil
}

func (m *message) attribute(name string) (string, bool) {
	for _, a := range m.attributes {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}
