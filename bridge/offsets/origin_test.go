package offsets

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

func TestOriginReplacesTheTopicThatHadItsName(t *testing.T) {
	now := NewOrigin("cluster", "orders", [16]byte{2})
	nameless := NewOrigin("cluster", "orders", [16]byte{})
	for _, c := range []struct {
		origin Origin
		mark   string
		want   bool
	}{
		{now, NewOrigin("cluster", "orders", [16]byte{1}).Mark(), true},
		{now, now.Mark(), false},
		{now, NewOrigin("mirrored", "orders", [16]byte{1}).Mark(), false},
		{now, nameless.Mark(), false},
		{now, "what another program noted", false},
		{nameless, now.Mark(), false},
	} {
		if got := c.origin.Replaces(c.mark); got != c.want {
			t.Errorf("%+v replaces %q: %v", c.origin, c.mark, got)
		}
	}
}

// What goes along into another group's offset is the topic's mark.
func TestMarkIsFoundInANote(t *testing.T) {
	topic := NewOrigin("cluster", "orders", [16]byte{2})
	reach := progress.Progress{Isolated: map[string]int64{"ledger": 5}}
	for _, c := range []struct{ metadata, want string }{
		{reach.Metadata(topic.Mark(), 0), topic.Mark()},
		{topic.Mark(), topic.Mark()},
		{reach.Metadata("", 0), ""},
		{"what another program noted", ""},
		{"", ""},
	} {
		if got := MarkIn(c.metadata); got != c.want {
			t.Errorf("the mark in %q: %q; want %q", c.metadata, got, c.want)
		}
	}
}

// A mark is of the topic that made it, or not known.
func TestMarkIsToldFromThatOfAnotherTopic(t *testing.T) {
	one, other := NewOrigin("c", "t", [16]byte{1}), NewOrigin("c", "t", [16]byte{2})
	unknown := NewOrigin("c", "t", [16]byte{})
	if !one.Marked(one.Mark()) || !one.Marked(one.Mark()+" {}") || one.Marked(other.Mark()) || one.Marked(NewOrigin("d", "t", [16]byte{1}).Mark()) {
		t.Error("a mark is not told from another")
	}
	if !one.Marked(unknown.Mark()) || !unknown.Marked(one.Mark()) || !one.Marked("sluice - {}") {
		t.Error("what is not known is taken for another topic")
	}
}
