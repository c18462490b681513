package problem

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// Groups of one process read the same partitions: what one recovers from is not over for the other.
func TestGroupsOfAProcessHaveTroubleOfTheirOwn(t *testing.T) {
	b := kafkatest.NewBoard()
	shared, apart := NewHealthScope(b, ""), NewHealthScope(b, "g.ledger")
	shared.Report("partition t/0", "shared")
	apart.Report("partition t/0", "apart")
	apart.Report("group g.ledger", "apart")
	shared.Resolve("partition t/0")
	if got := b.Is("partition t/0 of group g.ledger"); got != "apart" || b.Is("partition t/0") != "" {
		t.Error("after the recovery of one, the other has no trouble")
	}
	if b.Is("group g.ledger") != "apart" {
		t.Error("the group has no trouble of its own")
	}
	apart.Close()
	if b.Is("partition t/0 of group g.ledger") != "" || b.Is("group g.ledger") != "" {
		t.Error("trouble is left behind")
	}
}
