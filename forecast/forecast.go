package forecast

import (
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/routing"
)

// NotRead is what becomes of the events of a topic that the bridge does not read.
const NotRead = "not_read"

// Forecast is what becomes of an event under one configuration, in a form that can be compared.
type Forecast struct {
	Outcome       string
	Reason        message.Reason // of a dead letter that the event becomes before any message is made of it; else empty
	Rules         []string
	Errors        []RuleError
	DeadLetters   string // where what becomes a dead letter goes; empty where nothing does
	CorrelationID string
	Messages      []Message // by destination
}

// RuleError is a rule that failed.
type RuleError struct{ Rule, Text string }

// ErrorsOf are why the value could not be read, which is no rule's, and the rules that failed.
func ErrorsOf(x *pipeline.Explanation, table *routing.Table) []RuleError {
	var all []RuleError
	if err := x.NotJSON(); err != nil {
		all = append(all, RuleError{"", err.Error()})
	}
	for _, e := range x.Decision.Errors {
		all = append(all, RuleError{table.RuleName(e.Rule), e.Err.Error()})
	}
	return all
}

// Message is what a destination would get.
type Message struct {
	Destination, Address     string
	Rule                     string
	Body                     []byte
	Attributes               []message.Attribute // by name
	GroupID, DeduplicationID string
	Subject, Trace           string
	Problems                 []string // with any, it becomes a dead letter
}

// Sent are the destinations that get a message: those whose message has no problem.
func (f *Forecast) Sent() []string {
	var names []string
	for i := range f.Messages {
		if len(f.Messages[i].Problems) == 0 {
			names = append(names, f.Messages[i].Destination)
		}
	}
	return names
}

// Ends says in a list where the event ends up.
func (f *Forecast) Ends() []string {
	ends := f.Sent()
	switch {
	case f.DeadLetters != "":
		ends = append(ends, "dead_letters")
	case len(ends) == 0:
		ends = append(ends, f.Outcome) // dropped, unmatched, not_read
	}
	return ends
}

// Message is what a destination would get; nil where that is nothing.
func (f *Forecast) Message(destination string) *Message {
	for i := range f.Messages {
		if f.Messages[i].Destination == destination {
			return &f.Messages[i]
		}
	}
	return nil
}

// Attribute is the value of an attribute, and whether the message has it.
func (m *Message) Attribute(name string) (string, bool) {
	for _, a := range m.Attributes {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// OutcomeName is how what becomes of a record is called.
func OutcomeName(o routing.Outcome) string {
	switch o {
	case routing.Routed:
		return "routed"
	case routing.Unmatched:
		return "unmatched"
	case routing.Dropped:
		return "dropped"
	default:
		return "dead_letter"
	}
}

// DeadLetters says where dead letters go.
func DeadLetters(cfg *config.Config) string {
	if name := cfg.DeadLetter.Destination; name != "" {
		return "destination " + name
	}
	return "topic " + cfg.DeadLetter.Kafka
}
