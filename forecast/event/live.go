package event

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
	"github.com/sluice-bridge/sluice/wiring/records"
)

// Live opens a topic by a configuration, and returns the records that are selected, as [Selection.Read] does. The timeout
// is for how long Kafka may not answer. Errors say what to do. The connection is closed by done.
func Live(ctx context.Context, cfg *config.Config, topic string, s Selection, timeout time.Duration, idle func() error) (events iter.Seq2[Event, error], done func(), err error) {
	session, err := wiring.Session(ctx, cfg, nil)
	if err != nil {
		return nil, nil, err
	}
	p, err := records.Open(ctx, cfg, wiring.Connection(cfg, session), records.Options{Topic: topic, Timeout: timeout})
	if err != nil {
		return nil, nil, records.Unreadable(cfg, topic, err)
	}
	return func(yield func(Event, error) bool) {
		for ev, err := range s.Read(ctx, p, idle) {
			if err != nil {
				err = records.Unreadable(cfg, topic, err)
			}
			if !yield(ev, err) {
				return
			}
		}
	}, p.Close, nil
}

// ParsePosition reads a position as String writes it.
func ParsePosition(text string) (p Position, ok bool) {
	left, right, ok := strings.Cut(text, ":")
	partition, err := strconv.ParseUint(left, 10, 31)
	offset, err2 := strconv.ParseUint(right, 10, 63)
	return Position{Partition: int32(partition), Offset: int64(offset)}, ok && err == nil && err2 == nil
}
