package report

import (
	"errors"
	"fmt"
	"iter"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/forecast/event"
)

// Visitor is told of one event after the other, and writes what is to be said of each. Errors of Visit are of writing,
// or a [forecast.UnexplainedError].
type Visitor interface {
	Visit(r *kgo.Record, origin offsets.TopicIdentity) error
	// End writes what is to be said of all, and returns how many events go elsewhere under another configuration.
	End() (differ int, err error)
	Close()
}

// Visit goes through events. Those that cannot be read are told of, and counted.
func Visit(events iter.Seq2[event.Event, error], v Visitor, tell func(at string, err error)) (unread int, err error) {
	for ev, err := range events {
		if err != nil {
			return unread, fmt.Errorf("reading events: %w", err)
		}
		if ev.Err == nil {
			ev.Err = v.Visit(ev.Record, ev.Origin)
			if ev.Err != nil && !errors.As(ev.Err, new(forecast.UnexplainedError)) {
				return unread, fmt.Errorf("writing: %w", ev.Err)
			}
		}
		if ev.Err != nil {
			tell(ev.At, ev.Err)
			unread++
		}
	}
	return unread, nil
}

// Printer writes explanations. A value that cannot be decoded makes the record a dead letter.
type Printer interface {
	Print(x *pipeline.Explanation, undecodable error) error
	End()
}

// explaining prints what one configuration makes of events.
type explaining struct {
	*forecast.Forecaster
	printer Printer
	x       pipeline.Explanation // reused
}

// Explaining has a printer write what a forecaster says, which it closes.
func Explaining(f *forecast.Forecaster, p Printer) Visitor {
	return &explaining{Forecaster: f, printer: p}
}

// Visit implements Visitor.
func (e *explaining) Visit(r *kgo.Record, origin offsets.TopicIdentity) error {
	err := e.Explain(r, origin, &e.x)
	if errors.As(err, new(forecast.UnexplainedError)) {
		return err
	}
	return e.printer.Print(&e.x, err)
}

// End implements Visitor.
func (e *explaining) End() (int, error) {
	e.printer.End()
	return 0, nil
}

// DiffPrinter writes the events that two configurations treat differently.
type DiffPrinter interface {
	Print(r *kgo.Record, before, after *forecast.Forecast, changes []forecast.Change) error
	End(events, differ int, moves []*forecast.Move) error
}

// comparing prints the events that two configurations treat differently.
type comparing struct {
	*forecast.Diff
	printer DiffPrinter
}

// Comparing has a printer write what differs, by a comparison which it closes.
func Comparing(d *forecast.Diff, p DiffPrinter) Visitor { return &comparing{d, p} }

// Visit implements Visitor.
func (c *comparing) Visit(r *kgo.Record, origin offsets.TopicIdentity) error {
	before, after, changes, err := c.Compare(r, origin)
	if err != nil || len(changes) == 0 {
		return err
	}
	return c.printer.Print(r, &before, &after, changes)
}

// End implements Visitor.
func (c *comparing) End() (int, error) {
	events, differ := c.Counts()
	if err := c.printer.End(events, differ, c.Moves()); err != nil {
		return differ, fmt.Errorf("writing: %w", err)
	}
	return differ, nil
}
