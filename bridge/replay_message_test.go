package bridge

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

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
			if attributeOf(&m, "replayed") != "true" {
				t.Errorf("%d configured, value %q: no mark in %v", configured, value, m.Attributes)
			}
			var folded map[string]any
			if s := attributeOf(&m, "kafka_headers"); s != "" {
				if err := json.Unmarshal([]byte(s), &folded); err != nil {
					t.Fatal(err)
				}
			}
			if at := attributeOf(&m, "kafka_timestamp"); at != "1700000000123" && folded["kafka_timestamp"] != "1700000000123" {
				t.Errorf("%d configured, value %q: the time is lost: %v", configured, value, m.Attributes)
			}
			if folded["replayed"] != "by somebody else" {
				t.Errorf("%d configured, value %q: the header is not folded: %v", configured, value, m.Attributes)
			}
		}
	}
	plain := encoding{origin: origin}.must(t, testRecord("{}"))
	if attributeOf(&plain, "replayed") != "" {
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
		return m.DeduplicationID, attributeOf(&m, "correlation_id"), ce.ID
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
