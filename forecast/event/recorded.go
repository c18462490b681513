package event

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
)

// Position is where a record is in its topic.
type Position struct {
	Partition int32
	Offset    int64
}

// String writes the position as --offset takes it, and as the attribute kafka_position has it.
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Partition, p.Offset) }

// Selection says which records of a topic are read from Kafka: one of the first three.
type Selection struct {
	Last    int // the last so many, all partitions together
	Offsets []Position
	Since   time.Time
	Limit   int // of Since; 0 is none
}

// Read yields the records, each valid until the next. Before it waits for more it calls idle. An error of reading ends
// it; that there is no record at an offset is the event's.
func (s Selection) Read(ctx context.Context, p *reader.Reader, idle func() error) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		switch {
		case s.Last > 0:
			s.readLast(ctx, p, yield)
		case len(s.Offsets) > 0:
			s.readOffsets(ctx, p, yield)
		default:
			s.readSince(ctx, p, idle, yield)
		}
	}
}

func (s Selection) readLast(ctx context.Context, p *reader.Reader, yield func(Event, error) bool) {
	records, err := p.Last(ctx, s.Last)
	if err != nil {
		yield(Event{}, err)
		return
	}
	for _, r := range records {
		if !yield(recorded(p, r), nil) {
			return
		}
	}
}

func (s Selection) readSince(ctx context.Context, p *reader.Reader, idle func() error, yield func(Event, error) bool) {
	n := 0
	for r, err := range p.Since(ctx, s.Since, idle) {
		if err != nil {
			yield(Event{}, err)
			return
		}
		if n++; !yield(recorded(p, r), nil) || n == s.Limit {
			return
		}
	}
}

func (s Selection) readOffsets(ctx context.Context, p *reader.Reader, yield func(Event, error) bool) {
	for _, at := range s.Offsets {
		r, err := p.At(ctx, at.Partition, at.Offset)
		ev := Event{At: "offset " + at.String(), Err: err}
		switch {
		case err == nil:
			ev = recorded(p, r)
		case !errors.Is(err, reader.ErrNoRecord):
			yield(Event{}, err)
			return
		}
		if !yield(ev, nil) {
			return
		}
	}
}

func recorded(p *reader.Reader, r *kgo.Record) Event {
	return Event{At: fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset), Record: r, Origin: p.Origin()}
}
