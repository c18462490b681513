package offsets

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

func TestOriginReplacesTheTopicThatHadItsName(t *testing.T) {
	now := NewTopicIdentity("cluster", "orders", [16]byte{2})
	nameless := NewTopicIdentity("cluster", "orders", [16]byte{})
	for _, c := range []struct {
		origin TopicIdentity
		mark   string
		want   bool
	}{
		{now, NewTopicIdentity("cluster", "orders", [16]byte{1}).Fingerprint(), true},
		{now, now.Fingerprint(), false},
		{now, NewTopicIdentity("mirrored", "orders", [16]byte{1}).Fingerprint(), false},
		{now, nameless.Fingerprint(), false},
		{now, "what another program noted", false},
		{nameless, now.Fingerprint(), false},
	} {
		if got := c.origin.Replaces(c.mark); got != c.want {
			t.Errorf("%+v replaces %q: %v", c.origin, c.mark, got)
		}
	}
}

// What goes along into another group's offset is the topic's mark.
func TestMarkIsFoundInANote(t *testing.T) {
	topic := NewTopicIdentity("cluster", "orders", [16]byte{2})
	reach := progress.Progress{Isolated: map[string]int64{"ledger": 5}}
	for _, c := range []struct{ metadata, want string }{
		{reach.Metadata(topic.Fingerprint(), 0), topic.Fingerprint()},
		{topic.Fingerprint(), topic.Fingerprint()},
		{reach.Metadata("", 0), ""},
		{"what another program noted", ""},
		{"", ""},
	} {
		if got := FingerprintIn(c.metadata); got != c.want {
			t.Errorf("the mark in %q: %q; want %q", c.metadata, got, c.want)
		}
	}
}

// A mark is of the topic that made it, or not known.
func TestMarkIsToldFromThatOfAnotherTopic(t *testing.T) {
	one, other := NewTopicIdentity("c", "t", [16]byte{1}), NewTopicIdentity("c", "t", [16]byte{2})
	unknown := NewTopicIdentity("c", "t", [16]byte{})
	if !one.Matches(one.Fingerprint()) || !one.Matches(one.Fingerprint()+" {}") || one.Matches(other.Fingerprint()) || one.Matches(NewTopicIdentity("d", "t", [16]byte{1}).Fingerprint()) {
		t.Error("a mark is not told from another")
	}
	if !one.Matches(unknown.Fingerprint()) || !unknown.Matches(one.Fingerprint()) || !one.Matches("sluice - {}") {
		t.Error("what is not known is taken for another topic")
	}
}
