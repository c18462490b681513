package bridge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// newPipeline routes values with {"to":"a"} to the rig's lane, {"drop":true} nowhere, and fails on
// {"bad":0}.
func (r *rig) newPipeline(t testing.TB, change ...func(*PipelineOptions)) *Pipeline {
	t.Helper()
	dest := []Destination{r.lane.opts.Destination}
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
	opts := PipelineOptions{
		Group: "g", Encoder: NewEncoder(table, correlation, dest), Rules: []string{"bad", "noise", "sent"},
		Lanes: []*Lane{r.lane}, Reading: readAs(t, codec.FormatJSON), Letters: r.letters, Metrics: r.metrics,
	}
	for _, f := range change {
		f(&opts)
	}
	return NewPipeline(opts)
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
func (r *rig) records(values ...string) []*kgo.Record {
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
func TestPipelineOutcomes(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		p := r.newPipeline(t)
		p.Accept(r.part, r.records(drop, good, `{"bad":1}`, bad, good, `{"to":"a","x":"\u0001","bad":1}`, "no JSON"))
		pass(time.Second)
		if n := len(r.sink.accepted()); n != 2 {
			t.Errorf("%d sent", n)
		}
		got := map[Reason]string{}
		for _, l := range r.writer.all() {
			got[l.Reason] = l.Rule + "/" + l.Destination
			if l.Reason == ReasonUndecodable && l.Error != "the value is not JSON: 'o' cannot stand at byte 2" {
				t.Error(l.Error)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(map[Reason]string{ReasonRuleError: "bad/", ReasonEncode: "sent/d", ReasonUndecodable: "/"}) {
			t.Errorf("dead letters %v", got)
		}
		for what, c := range map[string]float64{
			"dropped":  testutil.ToFloat64(r.metrics.dropped.WithLabelValues("noise")) - 1,
			"consumed": testutil.ToFloat64(r.metrics.consumed.WithLabelValues("g", "t")) - 7,
			"matched":  testutil.ToFloat64(r.metrics.matched.WithLabelValues("sent")) - 3,
			"bad data": testutil.ToFloat64(r.metrics.undecodable.WithLabelValues("t")) - 1,
			"letters":  testutil.ToFloat64(r.metrics.letters.WithLabelValues(string(ReasonEncode))) - 1,
			"acked":    testutil.ToFloat64(r.metrics.deliveries.WithLabelValues("d", "acknowledged")) - 2,
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
func TestUnbuiltKeepsCorrelation(t *testing.T) {
	var got string
	sink := &fakeSink{answer: func(_ int, batch []*Message, _ []*Failure) *Failure {
		got = batch[0].attribute(attribute.CorrelationID)
		return nil
	}}
	inBubble(t, sink, func(r *rig) {
		r.letters.ToLane(r.lane)
		p := r.newPipeline(t)
		p.Accept(r.part, []*kgo.Record{withHeaders(r.records(`{"to":"a","x":"\u0001","bad":1}`)[0], "x-correlation-id", "c-1")})
		pass(time.Second)
		if got != "c-1" {
			t.Errorf("correlation id %q", got)
		}
		r.settled()
	})
}

// What comes after the end of an assignment is not taken.
func TestPipelineOfEndedAssignment(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		p := r.newPipeline(t)
		r.part.Close()
		p.Accept(r.part, r.records(good, bad))
		pass(time.Second)
		if len(r.sink.requests()) != 0 || len(r.writer.all()) != 0 {
			t.Error("delivered")
		}
	})
}

func TestPipelineTombstones(t *testing.T) {
	for _, dropped := range []bool{false, true} {
		t.Run(fmt.Sprint("dropped ", dropped), func(t *testing.T) {
			inBubble(t, &fakeSink{}, func(r *rig) {
				p := r.newPipeline(t, func(o *PipelineOptions) { o.DropTombstones = dropped; o.Encoder = everything(t) })
				gone := r.records("x")
				gone[0].Value = nil
				p.Accept(r.part, gone)
				pass(time.Second)
				if n := len(r.sink.accepted()); n != map[bool]int{false: 1}[dropped] {
					t.Errorf("%d sent", n)
				}
				r.settled()
			})
		})
	}
}

// everything is a table that sends all there is to d.
func everything(t testing.TB) *Encoder {
	table, err := routing.Compile(routing.Options{Rules: []routing.Rule{{Name: "all", To: []string{"d"}}},
		Destinations: []routing.Destination{{Name: "d"}}, Unmatched: "drop"})
	if err != nil {
		t.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return NewEncoder(table, correlation, []Destination{{Name: "d", Service: "sqs"}})
}

// A group of an isolated destination leaves to the shared one what is not for it.
func TestPipelineSecondary(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		p := r.newPipeline(t, func(o *PipelineOptions) { o.Secondary, o.Lanes = true, []*Lane{nil} })
		p.Accept(r.part, r.records(good, bad, drop))
		pass(time.Second)
		if len(r.writer.all()) != 0 || testutil.ToFloat64(r.metrics.dropped.WithLabelValues("noise")) != 0 {
			t.Errorf("dead letters %v", r.writer.values())
		}
		r.settled()
	})
}

// A record that waits keeps nothing of Kafka's fetch buffer, and leaves as it came.
func TestWaitingRecordsAreCopied(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	sink := &fakeSink{latency: time.Millisecond, answer: func(int, []*Message, []*Failure) *Failure {
		if broken.Load() {
			return &Failure{Class: Transient, Code: "connection"}
		}
		return nil
	}}
	inBubble(t, sink, func(r *rig) {
		p := r.newPipeline(t)
		records := r.records(good, good+" ")
		p.Accept(r.part, records)
		pass(30 * time.Millisecond)
		for _, rec := range records {
			clear(rec.Value) // as a buffer that is used again would
		}
		broken.Store(false)
		pass(time.Minute)
		if got := sink.accepted(); !same(got, []string{good, good + " "}) {
			t.Errorf("accepted %q", got)
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
		r.sink.answer = func(_ int, batch []*Message, _ []*Failure) *Failure {
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
		var e letterEnvelope
		if err := json.Unmarshal(got.Body, &e); err != nil {
			t.Fatal(err)
		}
		if string(e.Value) != "\xff\x00" || e.Key != nil || len(e.Headers) != 2 || string(e.Headers[0].Value) != "\x01" || e.Headers[1].Value != nil {
			t.Errorf("%+v", e)
		}
		if e.Reason != ReasonRejected || e.Error != "Code: text" || e.Rule != "rule" || e.Destination != "other" || e.Source != "t/0/0" || e.SourceEpoch != 4 || e.Attempts != 3 {
			t.Errorf("%+v", e)
		}
		if got.attribute(attribute.CorrelationID) != "c-\xff\x00" && got.attribute(attribute.CorrelationID) == "" {
			t.Errorf("correlation id %q", got.attribute(attribute.CorrelationID))
		}
		if got.attribute(attribute.DeadLetterReason) != "rejected" {
			t.Errorf("%v", got.Attributes)
		}
		r.settled()
	})
}

// A record settles when its dead letter is written, and not before; what is wrong is told once.
func TestLetterWriterFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		r.writer.fail = func(n int) error {
			if n <= 10 {
				return fmt.Errorf("no leader")
			}
			return nil
		}
		for _, b := range []string{"a", "b"} {
			r.letters.bury(r.delivery(b), "d", ReasonRejected, &Failure{Code: "c"})
		}
		pass(time.Second)
		if r.part.Mark().Offset > 0 {
			t.Fatal("settled before the letter is written")
		}
		if text := r.health.text(lettersKey); !strings.HasPrefix(text, "2 dead letters are not written and their records wait, such as that of t/0/") || !strings.HasSuffix(text, ": no leader") {
			t.Errorf("told %q", text)
		}
		pass(10 * time.Minute)
		if got := r.writer.values(); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("written %v", got)
		}
		if began, ended := r.health.told(lettersKey); began != 1 || ended != 1 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	})
}

// A topic that lets a letter wait is told of, as long as it does.
func TestLateLetterIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		r.writer.fail = func(int) error {
			time.Sleep(2 * slowLetter)
			return nil
		}
		r.letters.bury(r.delivery("a"), "d", ReasonRejected, &Failure{Code: "c"})
		pass(slowLetter - time.Second)
		if text := r.health.text(lettersKey); text != "" {
			t.Errorf("told too soon: %s", text)
		}
		pass(2 * time.Second)
		if text := r.health.text(lettersKey); !strings.HasPrefix(text, "the dead letter of t/0/0 is not written and its record waits: the topic has not") {
			t.Errorf("told %q", text)
		}
		pass(slowLetter)
		if began, ended := r.health.told(lettersKey); began != 1 || ended != 1 || r.health.text(lettersKey) != "" {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	})
}

// With the assignment ends the trouble of its letters.
func TestLetterTroubleEndsWithAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		r.writer.fail = func(int) error { return fmt.Errorf("no leader") }
		r.letters.bury(r.delivery("a"), "d", ReasonRejected, &Failure{Code: "c"})
		pass(time.Minute)
		r.part.Close()
		pass(time.Minute)
		if began, ended := r.health.told(lettersKey); began != 1 || ended != 0 || r.health.text(lettersKey) != "" {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
	})
}

// The backlog is what could leave at once: not what waits for a broken destination.
func TestBacklog(t *testing.T) {
	broken := atomic.Bool{}
	sink := &fakeSink{latency: time.Second, answer: func(int, []*Message, []*Failure) *Failure {
		if broken.Load() {
			return &Failure{Class: Configuration, Code: "QueueDoesNotExist"}
		}
		return nil
	}, open: func(int) error {
		if broken.Load() {
			return errUnmatched
		}
		return nil
	}}
	inBubble(t, sink, func(r *rig) {
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
		pass(time.Second)
		if n, starving := p.Backlog(); n != 0 || starving || r.lane.Queued() != 35 {
			t.Errorf("behind a broken destination %d of %d could leave, starving %v", n, r.lane.Queued(), starving)
		}
		broken.Store(false)
		pass(time.Hour)
		if n, starving := p.Backlog(); n != 0 || starving {
			t.Errorf("%d at the end, starving %v", n, starving)
		}
		p.Accept(r.part, r.records(good))
		pass(3 * lately / 2) // a request takes a second
		if n, starving := p.Backlog(); n != 0 || !starving {
			t.Errorf("%d after one more, starving %v", n, starving)
		}
		r.settled()
	}, concurrent(1))
}
