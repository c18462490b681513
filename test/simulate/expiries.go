package simulate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap/zapcore"
)

// expiry is what a member tells of records that retention has deleted before it read them.
type expiry struct {
	group     string
	partition string // topic/partition
	remake    int
	from, to  int64
}

// expiries hands on what a member logs of such records. It implements zapcore.Core.
type expiries struct{ ledger *ledger }

const expiredMessage = "records were deleted by the topic's retention before they were read"

func (c *expiries) Enabled(l zapcore.Level) bool { return l == zapcore.ErrorLevel }
func (c *expiries) Sync() error                  { return nil }

func (c *expiries) With(fields []zapcore.Field) zapcore.Core { return &expiriesWith{c, fields} }

func (c *expiries) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(e.Level) {
		return checked
	}
	return checked.AddCore(e, c)
}

func (c *expiries) Write(e zapcore.Entry, fields []zapcore.Field) error {
	if e.Message != expiredMessage {
		return nil
	}
	found := zapcore.NewMapObjectEncoder()
	for _, f := range fields {
		f.AddTo(found)
	}
	from, ok := found.Fields["committed"].(int64)
	if !ok {
		from = found.Fields["read_to"].(int64)
	}
	c.ledger.toldOf(expiry{
		group: found.Fields["group"].(string), partition: fmt.Sprint(found.Fields["partition"]), from: from, to: found.Fields["log_start"].(int64),
	})
	return nil
}

// expiriesWith is one of a logger with fields.
type expiriesWith struct {
	*expiries
	fields []zapcore.Field
}

func (c *expiriesWith) With(fields []zapcore.Field) zapcore.Core {
	return &expiriesWith{c.expiries, append(c.fields[:len(c.fields):len(c.fields)], fields...)}
}

func (c *expiriesWith) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(e.Level) {
		return checked
	}
	return checked.AddCore(e, c)
}

func (c *expiriesWith) Write(e zapcore.Entry, fields []zapcore.Field) error {
	return c.expiries.Write(e, append(c.fields[:len(c.fields):len(c.fields)], fields...))
}

func (l *ledger) toldOf(e expiry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	topic, _, _ := strings.Cut(e.partition, "/")
	e.remake = l.remakes[topic]
	l.told = append(l.told, e)
}

// unread is a group that had not come to a record, and whether it had committed anything of the partition.
type unread struct {
	group string
	begun bool
}

// untold returns a record that retention has deleted before a group had read it, and which that was not told
// of; nil where there is none.
func (l *ledger) untold() (*record, string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.records {
		if len(r.unread) == 0 {
			continue
		}
		for _, d := range l.missing(r) {
			known := slices.Contains(r.unread, unread{d.group, true}) ||
				// Only the instance that had begun to read knows of that.
				l.openings.instances == 1 && slices.Contains(r.unread, unread{d.group, false})
			if known && !l.isTold(r, d.group) {
				return r, d.group
			}
		}
	}
	return nil, ""
}

func (l *ledger) isTold(r *record, group string) bool {
	for _, e := range l.told {
		if e.group == group && e.remake == r.remake && e.partition == fmt.Sprintf("%s/%d", r.topic, r.partition) && e.from <= r.offset && r.offset < e.to {
			return true
		}
	}
	return false
}

// toldWithin is how long it may take until a member tells that records were deleted: where nothing comes it looks
// twice, each half a minute.
const toldWithin = 3 * time.Minute

// awaitTold waits until all that retention has deleted unread is told of.
func (w *world) awaitTold() {
	for until := time.Now().Add(toldWithin); ; sleep(w.ctx, time.Second) {
		r, group := w.ledger.untold()
		if r == nil {
			return
		}
		if !time.Now().Before(until) {
			w.ledger.mu.Lock()
			w.ledger.violate("told", "group %s does not say that record %s was deleted before it was read", group, r)
			w.ledger.mu.Unlock()
			return
		}
	}
}
