package bridge

import "testing"

func TestOriginReplaces(t *testing.T) {
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
