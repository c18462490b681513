package pipeline

import (
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

var unreadBatch = message.Unreadable{First: 5, Next: 9, Epoch: 3, Time: time.UnixMilli(7), Bytes: 10_000, Codec: "zstd",
	Reason: message.ReasonBatchTooLarge, Why: errors.New("takes more than 5 bytes")}

func unreadable(r *testbed, secondary bool) (*Pipeline, *offsets.Tracker) {
	part := offsets.NewTracker("t", 2, offsets.TopicIdentity{}, offsets.NewWindow(100, 1<<20))
	part.Begin(offsets.Position{Offset: 5, Epoch: -1}, progress.Progress{})
	return &Pipeline{Options: Options{Secondary: secondary, Letters: r.letters}}, part
}

// The mark passes a batch that was not read when its dead letter is acknowledged, and not before.
func TestUnreadableSettlesWithItsLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newTestbed(t, &bridgetest.Sink{})
		defer r.close()
		var shut atomic.Bool
		shut.Store(true)
		r.writer.Fail = func(int) error {
			if shut.Load() {
				return errors.New("no")
			}
			return nil
		}
		p, part := unreadable(r, false)
		p.Unreadable(part, unreadBatch)
		bridgetest.Pass(time.Minute)
		if m := part.Committable(); m.Offset != 5 {
			t.Errorf("the mark is %+v", m)
		}
		shut.Store(false)
		bridgetest.Pass(time.Minute)
		if m := part.Committable(); m != (offsets.Position{Offset: 9, Epoch: 3}) {
			t.Errorf("the mark is %+v", m)
		}
		l := r.writer.All()[0]
		if l.Source() != "t/2/5" || l.Reason != message.ReasonBatchTooLarge || l.Error != "takes more than 5 bytes" || *l.Batch != unreadBatch ||
			l.Record.Value != nil || !l.Record.Timestamp.Equal(unreadBatch.Time) {
			t.Errorf("%+v of %+v", l, l.Record)
		}
	})
}

// The group of an isolated destination goes on without a word, and so does a shared group that has
// been through it before.
func TestUnreadableBatchConcernsOnlyTheSharedGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newTestbed(t, &bridgetest.Sink{})
		defer r.close()
		p, part := unreadable(r, true)
		p.Unreadable(part, unreadBatch)
		p, other := unreadable(r, false)
		other.Begin(offsets.Position{}, progress.Progress{Default: 9})
		p.Unreadable(other, unreadBatch)
		bridgetest.Pass(time.Minute)
		if n := len(r.writer.All()); n != 0 || part.Committable().Offset != 9 || other.Committable().Offset != 9 {
			t.Errorf("%d letters; the marks are %+v and %+v", n, part.Committable(), other.Committable())
		}
		part.Close()
		p.Unreadable(part, unreadBatch)
		bridgetest.Pass(time.Minute)
		if n := len(r.writer.All()); n != 0 {
			t.Errorf("%d letters of an assignment that has ended", n)
		}
	})
}

func TestEnvelopeTellsOfAnUnreadableBatch(t *testing.T) {
	m := message.LetterMessage(message.DeadLetter{Record: unreadBatch.Record("t", 2), Reason: message.ReasonBatchTooLarge, Batch: &unreadBatch}, &offsets.TopicIdentity{}, nil, "", message.Destination{})
	var got map[string]any
	if err := json.Unmarshal(m.Body, &got); err != nil {
		t.Fatal(err)
	}
	batch, _ := got["batch"].(map[string]any)
	if batch["next_offset"] != 9.0 || batch["bytes"] != 10_000.0 || batch["codec"] != "zstd" || got["source"] != "t/2/5" || got["value_base64"] != nil {
		t.Errorf("%s", m.Body)
	}
	m = message.LetterMessage(message.DeadLetter{Record: &kgo.Record{Topic: "t"}}, &offsets.TopicIdentity{}, nil, "", message.Destination{})
	if strings.Contains(string(m.Body), "batch") {
		t.Errorf("of a record: %s", m.Body)
	}
}

// Memory is held until the mark has reached an offset, or the assignment ends.
func TestPinHoldsMemoryUntilTheMarkHasPassed(t *testing.T) {
	w := offsets.NewWindow(100, 1<<20)
	p := offsets.NewTracker("t", 0, offsets.TopicIdentity{}, w)
	p.Begin(offsets.Position{}, progress.Progress{})
	held := func(want int64) {
		t.Helper()
		if _, bytes := w.Held(); bytes != want {
			t.Errorf("%d bytes are held, expected %d", bytes, want)
		}
	}
	over := 0
	pin := func(bytes, until int64) { p.Pin(bytes, until, func() { over++ }) }
	pin(1000, 2)
	seq, _ := p.Register([]offsets.Entry{{Offset: 0, Pending: 1, Bytes: 10}, {Offset: 1, Pending: 1, Bytes: 10}, {Offset: 2, Pending: 1, Bytes: 10}})
	held(1030)
	p.Settle(seq, 10)
	held(1020)
	p.Settle(seq+1, 10)
	held(10)
	if over != 1 {
		t.Errorf("%d are over", over)
	}
	pin(500, 3)
	p.Close()
	held(0)
	pin(500, 3)
	held(0)
	if over != 3 {
		t.Errorf("%d are over after the end", over)
	}
}
