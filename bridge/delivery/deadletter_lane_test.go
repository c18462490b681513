package delivery

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// A dead letter that finds its lane closed ends with the dead letters: it must not try for ever.
func TestLetterToAClosedLaneEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		r.letters.ToLane(r.lane)
		r.lane.Close()
		r.letters.Take(r.delivery("x"), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		time.Sleep(time.Minute)
		r.end()
		r.letters.Wait()
		if r.part.Committable().Offset >= 1 {
			t.Error("settled without acknowledgement")
		}
	})
}

// A dead letter whose lane is retired goes to the lane that follows, with the ids that this one
// needs.
func TestLetterGoesToTheLaneThatFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		next := &bridgetest.Sink{Limits: sink.Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}, Answer: func(_ int, batch []*message.Message, _ []*sink.Failure) *sink.Failure {
			if batch[0].GroupID == "" || batch[0].DeduplicationID == "" {
				t.Error("a FIFO destination got a letter without ids")
			}
			return nil
		}}
		lane := r.newLane(next, fifo)
		defer lane.Close()
		r.letters.ToLane(r.lane)
		r.lane.Retire()
		r.letters.Take(r.delivery("x"), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		bridgetest.Pass(10 * time.Second)
		r.letters.ToLane(lane)
		bridgetest.Pass(time.Minute)
		if len(next.Accepted()) != 1 {
			t.Fatalf("%d letters arrived", len(next.Accepted()))
		}
		r.settled()
	})
}

// What another member reads again is not this one's to dead-letter.
func TestLetterOfAnEndedAssignmentIsNotWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		d := r.delivery("x")
		r.part.Close()
		r.letters.Take(d, "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		synctest.Wait()
		if len(r.writer.Values()) != 0 {
			t.Error("written")
		}
	})
}

// A dead letter for a destination says all that the Kafka form says, value and headers byte for
// byte.
func TestLetterInAnEnvelopeSaysAllThatOneInKafkaSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		r.letters.ToLane(r.lane)
		var got *message.Message
		r.far.Answer = func(_ int, batch []*message.Message, _ []*sink.Failure) *sink.Failure {
			if got == nil {
				m := *batch[0]
				m.Attributes = slices.Clone(m.Attributes)
				got = &m
			}
			return nil
		}
		d := r.delivery("\xff\x00")
		d.Rule, d.attempts = "rule", 3
		d.Record.LeaderEpoch = 4
		d.Record.Key, d.Record.Headers = nil, []kgo.RecordHeader{{Key: "h", Value: []byte{1}}, {Key: "n"}}
		r.letters.Take(d, "other", message.ReasonRejected, &sink.Failure{Code: "Code", Message: "text"})
		bridgetest.Pass(time.Second)
		type header struct {
			Name  string `json:"name"`
			Value []byte `json:"value_base64"`
		}
		var e struct {
			Reason      message.Reason `json:"reason"`
			Error       string         `json:"error"`
			Rule        string         `json:"rule"`
			Destination string         `json:"destination"`
			Source      string         `json:"source"`
			SourceEpoch int32          `json:"source_epoch"`
			Attempts    int            `json:"attempts"`
			Key         []byte         `json:"key_base64"`
			Value       []byte         `json:"value_base64"`
			Headers     []header       `json:"headers"`
		}
		if err := json.Unmarshal(got.Body, &e); err != nil {
			t.Fatal(err)
		}
		if string(e.Value) != "\xff\x00" || e.Key != nil || len(e.Headers) != 2 || string(e.Headers[0].Value) != "\x01" || e.Headers[1].Value != nil {
			t.Errorf("%+v", e)
		}
		if e.Reason != message.ReasonRejected || e.Error != "Code: text" || e.Rule != "rule" || e.Destination != "other" || e.Source != "t/0/0" || e.SourceEpoch != 4 || e.Attempts != 3 {
			t.Errorf("%+v", e)
		}
		if bridgetest.Attribute(got, attribute.CorrelationID) != "c-\xff\x00" && bridgetest.Attribute(got, attribute.CorrelationID) == "" {
			t.Errorf("correlation id %q", bridgetest.Attribute(got, attribute.CorrelationID))
		}
		if bridgetest.Attribute(got, attribute.DeadLetterReason) != "rejected" {
			t.Errorf("%v", got.Attributes)
		}
		r.settled()
	})
}
