package main

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/forecast/event"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// printer writes explanations. A value that cannot be decoded makes the record a dead letter.
type printer interface {
	Print(x *pipeline.Explanation, undecodable error) error
	End()
}

// explaining prints what one configuration makes of events.
type explaining struct {
	*forecast.Forecaster
	printer printer
	x       pipeline.Explanation // reused
}

func (e *explaining) examine(r *kgo.Record, origin offsets.Origin) error {
	err := e.Explain(r, origin, &e.x)
	if errors.As(err, new(forecast.UnexplainedError)) {
		return err
	}
	return e.printer.Print(&e.x, err)
}

func (e *explaining) end() error {
	e.printer.End()
	return nil
}

// examiner is told of one event after the other. An error of examine is one of writing, or
// a forecast.UnexplainedError.
type examiner interface {
	examine(r *kgo.Record, origin offsets.Origin) error
	end() error
	Close()
}

// examine goes through events. Those that cannot be read are told of, and left out.
func examine(events iter.Seq2[event.Event, error], ex examiner, stderr io.Writer) error {
	unread := 0
	for ev, err := range events {
		switch {
		case err != nil:
			return fmt.Errorf("reading events: %w", err)
		case ev.Err != nil:
			excerpt.Fprintf(stderr, "%s: %v\n", ev.At, ev.Err)
			unread++
			continue
		}
		err := ex.examine(ev.Record, ev.Origin)
		var alone forecast.UnexplainedError
		switch {
		case errors.As(err, &alone):
			excerpt.Fprintf(stderr, "%s: %v\n", ev.At, alone)
			unread++
		case err != nil:
			return fmt.Errorf("writing: %w", err)
		}
	}
	if unread > 0 {
		return silent{fmt.Errorf("%d events could not be read", unread)}
	}
	return nil
}
