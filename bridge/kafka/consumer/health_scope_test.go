package consumer

import "testing"

// Groups of one process read the same partitions: what one recovers from is not over for the other.
func TestTroubleOfIsolatedGroup(t *testing.T) {
	b := &board{open: map[string]string{}, ever: map[string]string{}}
	shared, apart := newScope(b, ""), newScope(b, "g.ledger")
	shared.Trouble("partition t/0", "shared")
	apart.Trouble("partition t/0", "apart")
	apart.Trouble("group g.ledger", "apart")
	shared.Recovered("partition t/0")
	if got := b.is("partition t/0 of group g.ledger"); got != "apart" || b.is("partition t/0") != "" {
		t.Errorf("after the recovery of one: %v", b.open)
	}
	if b.is("group g.ledger") != "apart" {
		t.Errorf("the group's own trouble: %v", b.open)
	}
	apart.close()
	if len(b.open) != 0 {
		t.Errorf("left behind: %v", b.open)
	}
}
