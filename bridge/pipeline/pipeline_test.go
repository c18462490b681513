package pipeline

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// newPipeline routes values with {"to":"a"} to the rig's lane, {"drop":true} nowhere, and fails on
// {"bad":0}.
func (r *testbed) newPipeline(t testing.TB, change ...func(*Options)) *Pipeline {
	t.Helper()
	dest := []message.Destination{{Name: "d", Profile: sqs.Profile}}
	table, err := routing.Compile(routing.Options{
		Rules: []routing.Rule{
			{Name: "bad", When: "1 / int(value.bad) > 1", To: []string{"d"}},
			{Name: "noise", Match: map[string]any{"drop": []any{true}}, Drop: true},
			{Name: "sent", Match: map[string]any{"to": []any{"a"}}, To: []string{"d"}, Attributes: map[string]string{"x": "value.x"}},
		},
		Destinations: []routing.Destination{{Name: "d"}}, Unmatched: "drop",
	})
	if err != nil {
		t.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation([]string{"x-correlation-id"}, "")
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{
		Group: "g", Encoder: message.NewEncoder(table, correlation, dest),
		Lanes: []*delivery.Lane{r.lane}, Reading: readAs(t, codec.FormatJSON), Letters: r.letters, Observer: r.observe,
	}
	for _, f := range change {
		f(&opts)
	}
	return New(opts)
}

// readAs reads every topic in one format.
func readAs(t testing.TB, format codec.Format) func(string) Reading {
	t.Helper()
	d, err := codec.NewDecoder(codec.Options{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	return func(string) Reading { return Reading{Decoder: d} }
}

// records makes records of the rig's partition.
func (r *testbed) records(values ...string) []*kgo.Record {
	var all []*kgo.Record
	for _, v := range values {
		all = append(all, &kgo.Record{Topic: "t", Offset: r.next, Value: []byte(v), Timestamp: time.Now()})
		r.next++
	}
	return all
}

const good, drop, bad = `{"to":"a","bad":1}`, `{"drop":true,"bad":1}`, `{"to":"b","bad":0}`

// Every record settles by what the rules say: sent, dropped, unmatched, or a dead letter where a
// rule failed and none matched.
func TestRecordsSettleByWhatTheRulesSay(t *testing.T) {
	inTestbed(t, &bridgetest.Sink{}, func(r *testbed) {
		p := r.newPipeline(t)
		p.Accept(r.part, r.records(drop, good, `{"bad":1}`, bad, good, `{"to":"a","x":"\u0001","bad":1}`, "no JSON"))
		bridgetest.Pass(time.Second)
		if n := len(r.far.Accepted()); n != 2 {
			t.Errorf("%d sent", n)
		}
		got := map[message.Reason]string{}
		for _, l := range r.writer.All() {
			got[l.Reason] = l.Rule + "/" + l.Destination
			if l.Reason == message.ReasonUndecodable && l.Error != "the value is not JSON: 'o' cannot stand at byte 2" {
				t.Error(l.Error)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(map[message.Reason]string{message.ReasonRuleError: "bad/", message.ReasonEncode: "sent/d", message.ReasonUndecodable: "/"}) {
			t.Errorf("dead letters %v", got)
		}
		for what, c := range map[string]float64{
			"dropped":  bridgetest.Counted(t, r.metrics, "sluice_records_dropped_total", "rule", "noise") - 1,
			"consumed": bridgetest.Counted(t, r.metrics, "sluice_records_consumed_total", "group", "g", "topic", "t") - 7,
			"matched":  bridgetest.Counted(t, r.metrics, "sluice_rule_matched_total", "rule", "sent") - 3,
			"bad data": bridgetest.Counted(t, r.metrics, "sluice_records_undecodable_total", "topic", "t") - 1,
			"letters":  bridgetest.Counted(t, r.metrics, "sluice_dead_letters_total", "reason", string(message.ReasonEncode)) - 1,
			"acked":    bridgetest.Counted(t, r.metrics, "sluice_deliveries_total", "destination", "d", "outcome", "acknowledged") - 2,
		} {
			if c != 0 {
				t.Errorf("%s is off by %v", what, c)
			}
		}
		r.settled()
	})
}

// A message that cannot be built becomes a dead letter under the correlation id that it would have
// had.
func TestUnbuiltMessageKeepsItsCorrelationID(t *testing.T) {
	var got string
	far := &bridgetest.Sink{Answer: func(_ int, batch []*message.Message, _ []*sink.Failure) *sink.Failure {
		got = bridgetest.Attribute(batch[0], attribute.CorrelationID)
		return nil
	}}
	inTestbed(t, far, func(r *testbed) {
		r.letters.ToLane(r.lane)
		p := r.newPipeline(t)
		p.Accept(r.part, []*kgo.Record{bridgetest.WithHeaders(r.records(`{"to":"a","x":"\u0001","bad":1}`)[0], "x-correlation-id", "c-1")})
		bridgetest.Pass(time.Second)
		if got != "c-1" {
			t.Errorf("correlation id %q", got)
		}
		r.settled()
	})
}

func TestPipelineTakesNothingAfterItsAssignment(t *testing.T) {
	inTestbed(t, &bridgetest.Sink{}, func(r *testbed) {
		p := r.newPipeline(t)
		r.part.Close()
		p.Accept(r.part, r.records(good, bad))
		bridgetest.Pass(time.Second)
		if len(r.far.Requests()) != 0 || len(r.writer.All()) != 0 {
			t.Error("delivered")
		}
	})
}

func TestTombstonesAreSentOrDropped(t *testing.T) {
	for _, dropped := range []bool{false, true} {
		t.Run(fmt.Sprint("dropped ", dropped), func(t *testing.T) {
			inTestbed(t, &bridgetest.Sink{}, func(r *testbed) {
				p := r.newPipeline(t, func(o *Options) { o.DropTombstones = dropped; o.Encoder = everything(t) })
				gone := r.records("x")
				gone[0].Value = nil
				p.Accept(r.part, gone)
				bridgetest.Pass(time.Second)
				if n := len(r.far.Accepted()); n != map[bool]int{false: 1}[dropped] {
					t.Errorf("%d sent", n)
				}
				r.settled()
			})
		})
	}
}

// everything is a table that sends all there is to d.
func everything(t testing.TB) *message.Encoder {
	table, err := routing.Compile(routing.Options{Rules: []routing.Rule{{Name: "all", To: []string{"d"}}},
		Destinations: []routing.Destination{{Name: "d"}}, Unmatched: "drop"})
	if err != nil {
		t.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return message.NewEncoder(table, correlation, []message.Destination{{Name: "d", Profile: sqs.Profile}})
}

// A group of an isolated destination leaves to the shared one what is not for it.
func TestIsolatedGroupLeavesTheRestToTheSharedOne(t *testing.T) {
	inTestbed(t, &bridgetest.Sink{}, func(r *testbed) {
		p := r.newPipeline(t, func(o *Options) { o.Secondary, o.Lanes = true, []*delivery.Lane{nil} })
		p.Accept(r.part, r.records(good, bad, drop))
		bridgetest.Pass(time.Second)
		if len(r.writer.All()) != 0 || bridgetest.Counted(t, r.metrics, "sluice_records_dropped_total", "rule", "noise") != 0 {
			t.Errorf("dead letters %v", r.writer.Values())
		}
		r.settled()
	})
}

// A record that waits keeps nothing of Kafka's fetch buffer, and leaves as it came.
func TestWaitingRecordsAreCopied(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	far := &bridgetest.Sink{Latency: time.Millisecond, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		if broken.Load() {
			return &sink.Failure{Class: sink.Transient, Code: "connection"}
		}
		return nil
	}}
	inTestbed(t, far, func(r *testbed) {
		p := r.newPipeline(t)
		records := r.records(good, good+" ")
		p.Accept(r.part, records)
		bridgetest.Pass(30 * time.Millisecond)
		for _, rec := range records {
			clear(rec.Value) // as a buffer that is used again would
		}
		broken.Store(false)
		bridgetest.Pass(time.Minute)
		if got := far.Accepted(); !bridgetest.Same(got, []string{good, good + " "}) {
			t.Errorf("accepted %q", got)
		}
	})
}

// The backlog is what could leave at once: not what waits for a broken destination.
func TestBacklogIsWhatCouldLeaveAtOnce(t *testing.T) {
	broken := atomic.Bool{}
	far := &bridgetest.Sink{Latency: time.Second, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		if broken.Load() {
			return &sink.Failure{Class: sink.Configuration, Code: "QueueDoesNotExist"}
		}
		return nil
	}, AtOpening: func(int) error {
		if broken.Load() {
			return errUnmatched
		}
		return nil
	}}
	inTestbed(t, far, func(r *testbed) {
		p := r.newPipeline(t)
		var values []string
		for range 35 {
			values = append(values, good)
		}
		p.Accept(r.part, r.records(values...))
		if n, starving := p.Backlog(); n != 25 || starving {
			t.Errorf("%d wait behind one request of ten, starving %v", n, starving)
		}
		broken.Store(true)
		bridgetest.Pass(time.Second)
		if n, starving := p.Backlog(); n != 0 || starving || p.Stranded()[r.part] != 35 {
			t.Errorf("behind a broken destination %d of %d could leave, starving %v", n, p.Stranded()[r.part], starving)
		}
		broken.Store(false)
		bridgetest.Pass(time.Hour)
		if n, starving := p.Backlog(); n != 0 || starving {
			t.Errorf("%d at the end, starving %v", n, starving)
		}
		p.Accept(r.part, r.records(good))
		bridgetest.Pass(1500 * time.Millisecond) // a request takes a second
		if n, starving := p.Backlog(); n != 0 || !starving {
			t.Errorf("%d after one more, starving %v", n, starving)
		}
		r.settled()
	}, func(o *delivery.LaneOptions) { o.Concurrency = 1 })
}

// sendAll leaves the rules out.
func sendAll(b testing.TB) func(*Options) {
	return func(o *Options) {
		o.Encoder = message.NewEncoder(everything(b).Table, o.Encoder.Correlation, o.Encoder.Destinations)
	}
}
