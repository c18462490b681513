package forecast

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Diff looks at events under two configurations, and counts those that differ.
type Diff struct {
	before, after *Forecaster
	events        int
	differ        int
	moves         map[string]*Move
}

// Move is a number of events that went from some destinations to others.
type Move struct {
	From, To []string
	Events   int
}

// NewDiff compares by two forecasters. Close frees them.
func NewDiff(before, after *Forecaster) *Diff {
	return &Diff{before: before, after: after, moves: map[string]*Move{}}
}

// Compare looks at one event. Without changes it is treated alike. The error is an [UnexplainedError].
func (d *Diff) Compare(r *kgo.Record, origin offsets.TopicIdentity) (before, after Forecast, changes []Change, err error) {
	if before, err = d.before.Forecast(r, origin); err != nil {
		return before, after, nil, err
	}
	if after, err = d.after.Forecast(r, origin); err != nil {
		return before, after, nil, err
	}
	d.events++
	if changes = Compare(&before, &after); len(changes) > 0 {
		d.differ++
		d.count(&Move{From: before.Ends(), To: after.Ends()})
	}
	return before, after, changes, nil
}

func (d *Diff) count(m *Move) {
	key := fmt.Sprintf("%q %q", m.From, m.To)
	if d.moves[key] == nil {
		d.moves[key] = m
	}
	d.moves[key].Events++
}

// Counts are how many events were looked at, and how many of them differ.
func (d *Diff) Counts() (events, differ int) { return d.events, d.differ }

// Moves are the events that differ by where they went, the most first.
func (d *Diff) Moves() []*Move {
	var moves []*Move
	for _, m := range d.moves {
		moves = append(moves, m)
	}
	slices.SortFunc(moves, func(a, b *Move) int {
		return cmp.Or(cmp.Compare(b.Events, a.Events), slices.Compare(a.From, b.From), slices.Compare(a.To, b.To))
	})
	return moves
}

// Close frees the forecasters.
func (d *Diff) Close() {
	d.before.Close()
	d.after.Close()
}
