package deadletter

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// A dead letter that is read is the record that was written, in its place, and what was said of it.
func TestLetterIsReadAsItWasWritten(t *testing.T) {
	for _, want := range []message.DeadLetter{
		{
			Record: &kgo.Record{Topic: "orders", Partition: 3, Offset: 1 << 40, Timestamp: time.UnixMilli(1700000000123), LeaderEpoch: 7,
				Key: []byte("\x00k\xff"), Value: []byte("v\xff"), Headers: []kgo.RecordHeader{{Key: "a", Value: []byte("\xff")}, {Key: "a"}, {Key: "b", Value: []byte{}}}},
			Reason: message.ReasonRejected, Error: "no", Rule: "r", Destination: "d", Attempts: 7, Time: time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC),
		},
		{Record: &kgo.Record{Topic: "t", LeaderEpoch: -1, Timestamp: time.UnixMilli(1)}, Reason: message.ReasonUnmatched, Time: time.Unix(1, 0).UTC()},
		{
			Record: &kgo.Record{Topic: "t", Partition: 2, Offset: 5, LeaderEpoch: 2, Timestamp: time.UnixMilli(7)},
			Reason: message.ReasonBatchTooLarge, Error: "too much", Time: time.Unix(1, 0).UTC(),
			Batch: &message.Unreadable{First: 5, Next: 9, Epoch: 2, Time: time.UnixMilli(7), Bytes: 10, Codec: "zstd", Reason: message.ReasonBatchTooLarge, Why: errors.New("too much")},
		},
	} {
		got, ok := Read(recordOf(want))
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v %+v, %v; want %+v %+v", got, got.Record, ok, want, want.Record)
		}
	}
	for _, headers := range [][]kgo.RecordHeader{
		nil,
		{{Key: "sluice-reason", Value: []byte("rejected")}},
		{{Key: "sluice-source", Value: []byte("t/0/1")}},
		{{Key: "sluice-reason", Value: []byte("rejected")}, {Key: "sluice-source", Value: []byte("../0/1")}},
		{{Key: "sluice-reason", Value: []byte("rejected")}, {Key: "sluice-source", Value: []byte("t/0")}},
		{{Key: "sluice-reason", Value: []byte("rejected")}, {Key: "sluice-source", Value: []byte("t/9999999999/1")}},
		{{Key: "sluice-reason", Value: []byte("rejected")}, {Key: "sluice-source", Value: []byte("t/0/9999999999999999999")}},
	} {
		if _, ok := Read(&kgo.Record{Headers: headers}); ok {
			t.Errorf("%v is read as a dead letter", headers)
		}
	}
	old := recordOf(message.DeadLetter{Record: &kgo.Record{Topic: "t"}, Reason: "r", Time: time.Unix(5, 0)})
	var kept []kgo.RecordHeader
	for _, h := range old.Headers {
		if h.Key != "sluice-source-timestamp" {
			kept = append(kept, h)
		}
	}
	none := append(slices.Clip(kept), kgo.RecordHeader{Key: "sluice-source-timestamp", Value: []byte("-1")})
	if got, ok := Read(&kgo.Record{Headers: none}); !ok || !got.Record.Timestamp.IsZero() {
		t.Errorf("a letter of a record without a timestamp: %+v, %v", got.Record, ok)
	}
	if got, ok := Read(&kgo.Record{Headers: kept}); !ok || !got.Record.Timestamp.Equal(time.Unix(5, 0)) {
		t.Errorf("a letter without the time of its record: %+v, %v", got.Record, ok)
	}
}

// The dead letter of a record whose time is not known has none either.
func TestLetterOfUnknownTimeHasNone(t *testing.T) {
	letter := recordOf(message.DeadLetter{Record: &kgo.Record{Topic: "t"}, Reason: message.ReasonRejected, Time: time.Now()})
	if got, ok := Read(letter); !ok || !got.Record.Timestamp.IsZero() {
		t.Errorf("it has the time %v", got.Record.Timestamp)
	}
}
