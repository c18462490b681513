package message_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/routing"
)

// What is replayed carries its mark however full the slots are, and the time of the record where
// there is room, folded where there is none.
func TestReplayedMessageCarriesItsMark(t *testing.T) {
	origin := offsets.NewTopicIdentity("cluster", "orders", [16]byte{1, 2, 3})
	for configured := range 5 {
		for _, value := range []string{"{}", "\xff"} {
			attributes := map[string]string{}
			for i := range configured {
				attributes[fmt.Sprintf("a%d", i)] = `"x"`
			}
			r := bridgetest.Record(value)
			r.Headers = []kgo.RecordHeader{{Key: "traceparent", Value: []byte("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")},
				{Key: "replayed", Value: []byte("by somebody else")}, {Key: "h", Value: []byte("v")}}
			m := encoding{rule: attributes, dest: message.Destination{FIFO: true, Headers: message.NewHeaderFilter([]string{"*"})}, origin: origin, again: message.Replay("r-1")}.must(t, r)
			if bridgetest.Attribute(&m, "replayed") != "true" {
				t.Errorf("%d configured, value %q: no mark in %v", configured, value, m.Attributes)
			}
			var folded map[string]any
			if s := bridgetest.Attribute(&m, "kafka_headers"); s != "" {
				if err := json.Unmarshal([]byte(s), &folded); err != nil {
					t.Fatal(err)
				}
			}
			if at := bridgetest.Attribute(&m, "kafka_timestamp"); at != "1700000000123" && folded["kafka_timestamp"] != "1700000000123" {
				t.Errorf("%d configured, value %q: the time is lost: %v", configured, value, m.Attributes)
			}
			if folded["replayed"] != "by somebody else" {
				t.Errorf("%d configured, value %q: the header is not folded: %v", configured, value, m.Attributes)
			}
		}
	}
	plain := encoding{origin: origin}.must(t, bridgetest.Record("{}"))
	if bridgetest.Attribute(&plain, "replayed") != "" {
		t.Error("a mark on what is not replayed")
	}
}

// A FIFO destination takes each replay and each redrive, and drops what one repeats; everything
// else that names the record stays as it was.
func TestFIFODestinationTakesEachReplayAndRedriveOnce(t *testing.T) {
	first := offsets.NewTopicIdentity("cluster", "orders", [16]byte{1, 2, 3})
	event := func(o offsets.TopicIdentity, again *message.Resend) (dedup, correlation, event string) {
		e := encoding{dest: message.Destination{FIFO: true, Envelope: message.EnvelopeCloudEvents}, origin: o, again: again, route: routing.Destination{CloudEvents: routing.CloudEvents{}}}
		r := bridgetest.Record("{}")
		r.LeaderEpoch = 3
		m := e.must(t, r)
		var ce struct{ ID string }
		if err := json.Unmarshal(m.Body, &ce); err != nil {
			t.Fatal(err)
		}
		return m.DeduplicationID, bridgetest.Attribute(&m, "correlation_id"), ce.ID
	}
	dedup, correlation, id := event(first, nil)
	if place := "cluster.AQIDAAAAAAAAAAAAAAAAAA.3.1234567@3"; dedup != place || correlation != place || id != place {
		t.Errorf("ids %s, %s and %s, want %s", dedup, correlation, id, place)
	}
	seen := map[string]string{dedup: "the first time"}
	for name, again := range map[string]*message.Resend{
		"one replay": message.Replay("a"), "another": message.Replay("b"), "a redrive": message.Redrive(0, 12, 1), "another redrive": message.Redrive(1, 2, 1),
		"a long one": message.Replay("a"),
	} {
		o := first
		if name == "a long one" {
			o = offsets.NewTopicIdentity(strings.Repeat("c", 100), "orders", [16]byte{1, 2, 3})
		}
		d, c, i := event(o, again)
		if other, taken := seen[d]; taken {
			t.Errorf("%s has the deduplication id of %s", name, other)
		}
		seen[d] = name
		if once, _, _ := event(o, again); once != d {
			t.Errorf("%s: the deduplication id changes", name)
		}
		if name != "a long one" && (c != correlation || i != id) {
			t.Errorf("%s: correlation id %s and event id %s, want %s and %s", name, c, i, correlation, id)
		}
	}
}
