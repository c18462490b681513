package main

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/forecast"
)

// event is one record to explain, and where it comes from.
type event struct {
	place  string // "line 3", "events.ndjson:3", "event 1", "--offset 3:1234"
	record *kgo.Record
	origin bridge.Origin
	err    error // of this event alone
}

// placeholderCluster stands for the cluster's id, which is not known offline.
const placeholderCluster = "cluster"

// offline is the origin of a record that is not from Kafka.
func offline(r *kgo.Record) bridge.Origin {
	return bridge.NewOrigin(placeholderCluster, r.Topic, [16]byte{})
}

// printer writes explanations. A value that cannot be decoded makes the record a dead letter.
type printer interface {
	print(x *bridge.Explanation, undecodable error) error
	end()
}

// explaining prints what one configuration makes of events.
type explaining struct {
	explainer *forecast.Explainer
	printer   printer
	x         bridge.Explanation // reused
}

func (e *explaining) examine(r *kgo.Record, origin bridge.Origin) error {
	err := e.explainer.Explain(r, origin, &e.x)
	var undecodable *codec.UndecodableError
	if err != nil && !errors.As(err, &undecodable) {
		return unexplained{err}
	}
	return e.printer.print(&e.x, err)
}

func (e *explaining) end() error {
	e.printer.end()
	return nil
}

func (e *explaining) close() { e.explainer.Close() }

// examiner is told of one event after the other. An error of examine is one of writing, or
// unexplained.
type examiner interface {
	examine(r *kgo.Record, origin bridge.Origin) error
	end() error
	close()
}

// unexplained is why one event cannot be explained.
type unexplained struct{ error }

// examine goes through events. Those that cannot be read are told of, and left out.
func examine(events iter.Seq2[event, error], ex examiner, stderr io.Writer) error {
	unread := 0
	for ev, err := range events {
		switch {
		case err != nil:
			return fmt.Errorf("reading events: %w", err)
		case ev.err != nil:
			sayf(stderr, "%s: %v\n", ev.place, ev.err)
			unread++
			continue
		}
		err := ex.examine(ev.record, ev.origin)
		var alone unexplained
		switch {
		case errors.As(err, &alone):
			sayf(stderr, "%s: %v\n", ev.place, alone)
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
