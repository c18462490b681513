package bridge

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/routing"
)

// What is replayed carries its mark however full the slots are, and the time of the record where
// there is room, folded where there is none.
func TestReplayMark(t *testing.T) {
	origin := NewOrigin("cluster", "orders", [16]byte{1, 2, 3})
	for configured := range 5 {
		for _, value := range []string{"{}", "\xff"} {
			attributes := map[string]string{}
			for i := range configured {
				attributes[fmt.Sprintf("a%d", i)] = `"x"`
			}
			r := testRecord(value)
			r.Headers = []kgo.RecordHeader{{Key: "traceparent", Value: []byte("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")},
				{Key: "replayed", Value: []byte("by somebody else")}, {Key: "h", Value: []byte("v")}}
			m := encoding{rule: attributes, dest: Destination{FIFO: true, Headers: NewHeaderFilter([]string{"*"})}, origin: origin.Replay("r-1")}.must(t, r)
			if m.attribute("replayed") != "true" {
				t.Errorf("%d configured, value %q: no mark in %v", configured, value, m.Attributes)
			}
			var folded map[string]any
			if s := m.attribute("kafka_headers"); s != "" {
				if err := json.Unmarshal([]byte(s), &folded); err != nil {
					t.Fatal(err)
				}
			}
			if at := m.attribute("kafka_timestamp"); at != "1700000000123" && folded["kafka_timestamp"] != "1700000000123" {
				t.Errorf("%d configured, value %q: the time is lost: %v", configured, value, m.Attributes)
			}
			if folded["replayed"] != "by somebody else" {
				t.Errorf("%d configured, value %q: the header is not folded: %v", configured, value, m.Attributes)
			}
		}
	}
	plain := encoding{origin: origin}.must(t, testRecord("{}"))
	if plain.attribute("replayed") != "" {
		t.Error("a mark on what is not replayed")
	}
}

// A FIFO destination takes each replay and each redrive, and drops what one repeats; everything
// else that names the record stays as it was.
func TestSentAgainOnPurpose(t *testing.T) {
	first := NewOrigin("cluster", "orders", [16]byte{1, 2, 3})
	event := func(o Origin) (dedup, correlation, event string) {
		e := encoding{dest: Destination{FIFO: true, Envelope: EnvelopeCloudEvents}, origin: o, route: routing.Destination{CloudEvents: routing.CloudEvents{}}}
		r := testRecord("{}")
		r.LeaderEpoch = 3
		m := e.must(t, r)
		var ce struct{ ID string }
		if err := json.Unmarshal(m.Body, &ce); err != nil {
			t.Fatal(err)
		}
		return m.DeduplicationID, m.attribute("correlation_id"), ce.ID
	}
	dedup, correlation, id := event(first)
	if place := "cluster.AQIDAAAAAAAAAAAAAAAAAA.3.1234567@3"; dedup != place || correlation != place || id != place {
		t.Errorf("ids %s, %s and %s, want %s", dedup, correlation, id, place)
	}
	seen := map[string]string{dedup: "the first time"}
	for name, o := range map[string]Origin{
		"one replay": first.Replay("a"), "another": first.Replay("b"), "a redrive": first.Redrive(0, 12), "another redrive": first.Redrive(1, 2),
		"a long one": NewOrigin(strings.Repeat("c", 100), "orders", [16]byte{1, 2, 3}).Replay("a"),
	} {
		d, c, i := event(o)
		if other, taken := seen[d]; taken {
			t.Errorf("%s has the deduplication id of %s", name, other)
		}
		seen[d] = name
		if again, _, _ := event(o); again != d {
			t.Errorf("%s: the deduplication id changes", name)
		}
		if name != "a long one" && (c != correlation || i != id) {
			t.Errorf("%s: correlation id %s and event id %s, want %s and %s", name, c, i, correlation, id)
		}
	}
}

// A pipeline that is told where to sends every record there, whatever the rules say; one that may send
// only some things settles the others; what has no destination is told of, and no dead letter.
func TestWherePipelineSends(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		values := []string{drop, good, bad, "no JSON"}
		homeless := map[Reason]int{}
		count := func(why Reason) { homeless[why]++ }

		p := r.newPipeline(t, func(o *PipelineOptions) { o.To, o.Homeless = &routing.Target{Rule: -1}, count })
		p.Accept(r.part, r.records(values...))
		pass(time.Second)
		if n := len(r.sink.accepted()); n != len(values) {
			t.Errorf("%d of %d were sent where they were told to go", n, len(values))
		}

		asked := 0
		p = r.newPipeline(t, func(o *PipelineOptions) {
			o.Only, o.Homeless = func(to routing.Target) bool { asked++; return to != (routing.Target{Rule: 2}) }, count
		})
		p.Accept(r.part, r.records(values...))
		pass(time.Second)
		if n := len(r.sink.accepted()) - len(values); n != 0 || asked != 1 {
			t.Errorf("%d were sent, and %d times it was asked", n, asked)
		}
		if n := len(r.writer.all()); n != 0 || homeless[ReasonRuleError] != 1 || homeless[ReasonUndecodable] != 1 || len(homeless) != 2 {
			t.Errorf("%d dead letters, and told of %v", n, homeless)
		}
		r.settled()
	})
}

// A dead letter that is refused again has the attempts of all its lives.
func TestAttemptsAddUp(t *testing.T) {
	sink := &fakeSink{answer: func(int, []*Message, []*Failure) *Failure { return &Failure{Class: Poison, Code: "no"} }}
	inBubble(t, sink, func(r *rig) {
		r.part.Attempts = 5
		r.newPipeline(t).Accept(r.part, r.records(good))
		pass(time.Second)
		if all := r.writer.all(); len(all) != 1 || all[0].Attempts != 6 {
			t.Errorf("%+v", all)
		}
	})
}
