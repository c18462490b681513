package bridge

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
)

// A dead letter that finds its lane closed ends with the dead letters: it must not try for ever.
func TestLetterToClosedLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		r.letters.ToLane(r.lane)
		r.lane.Close()
		r.letters.bury(r.delivery("x"), "d", ReasonRejected, &Failure{Code: "c"})
		time.Sleep(time.Minute)
		r.end()
		r.letters.Wait()
		if r.part.Mark().Offset >= 1 {
			t.Error("settled without acknowledgement")
		}
	})
}

// A dead letter whose lane is retired goes to the lane that follows, with the ids that this one
// needs.
func TestLetterFollowsTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		next := &fakeSink{limits: Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}, answer: func(_ int, batch []*Message, _ []*Failure) *Failure {
			if batch[0].GroupID == "" || batch[0].DeduplicationID == "" {
				t.Error("a FIFO destination got a letter without ids")
			}
			return nil
		}}
		lane := r.newLane(next, fifo)
		defer lane.Close()
		r.letters.ToLane(r.lane)
		r.lane.Retire()
		r.letters.bury(r.delivery("x"), "d", ReasonRejected, &Failure{Code: "c"})
		pass(10 * time.Second)
		r.letters.ToLane(lane)
		pass(time.Minute)
		if len(next.accepted()) != 1 {
			t.Fatalf("%d letters arrived", len(next.accepted()))
		}
		r.settled()
	})
}

// What another member reads again is not this one's to dead-letter.
func TestLetterOfEndedAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		d := r.delivery("x")
		r.part.Close()
		r.letters.bury(d, "d", ReasonRejected, &Failure{Code: "c"})
		synctest.Wait()
		if len(r.writer.values()) != 0 {
			t.Error("written")
		}
	})
}

// A dead letter for a destination says all that the Kafka form says, value and headers byte for
// byte.
func TestLetterEnvelope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		r.letters.ToLane(r.lane)
		var got *Message
		r.far.answer = func(_ int, batch []*Message, _ []*Failure) *Failure {
			if got == nil {
				m := *batch[0]
				m.Attributes = slices.Clone(m.Attributes)
				got = &m
			}
			return nil
		}
		d := r.delivery("\xff\x00")
		d.rule, d.attempts = "rule", 3
		d.record.LeaderEpoch = 4
		d.record.Key, d.record.Headers = nil, []kgo.RecordHeader{{Key: "h", Value: []byte{1}}, {Key: "n"}}
		r.letters.bury(d, "other", ReasonRejected, &Failure{Code: "Code", Message: "text"})
		pass(time.Second)
		type header struct {
			Name  string `json:"name"`
			Value []byte `json:"value_base64"`
		}
		var e struct {
			Reason      Reason   `json:"reason"`
			Error       string   `json:"error"`
			Rule        string   `json:"rule"`
			Destination string   `json:"destination"`
			Source      string   `json:"source"`
			SourceEpoch int32    `json:"source_epoch"`
			Attempts    int      `json:"attempts"`
			Key         []byte   `json:"key_base64"`
			Value       []byte   `json:"value_base64"`
			Headers     []header `json:"headers"`
		}
		if err := json.Unmarshal(got.Body, &e); err != nil {
			t.Fatal(err)
		}
		if string(e.Value) != "\xff\x00" || e.Key != nil || len(e.Headers) != 2 || string(e.Headers[0].Value) != "\x01" || e.Headers[1].Value != nil {
			t.Errorf("%+v", e)
		}
		if e.Reason != ReasonRejected || e.Error != "Code: text" || e.Rule != "rule" || e.Destination != "other" || e.Source != "t/0/0" || e.SourceEpoch != 4 || e.Attempts != 3 {
			t.Errorf("%+v", e)
		}
		if attributeOf(got, attribute.CorrelationID) != "c-\xff\x00" && attributeOf(got, attribute.CorrelationID) == "" {
			t.Errorf("correlation id %q", attributeOf(got, attribute.CorrelationID))
		}
		if attributeOf(got, attribute.DeadLetterReason) != "rejected" {
			t.Errorf("%v", got.Attributes)
		}
		r.settled()
	})
}
