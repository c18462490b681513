package consumer

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// hourly has commits come by what is settled alone: no test waits for the interval.
func hourly(o *Options) { o.CommitInterval = time.Hour }

// Records are committed when they are settled; no more than are worth a commit wait for the interval.
func TestCommitsFollowSettling(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	const all = 5 * offsets.WorthCommit
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", all)...)
	join(t, k, hourly)
	kafkatest.Await(t, "commits", func() bool { return kafkatest.Committed(k, group, "t", 0) > all-offsets.WorthCommit })
}

// What is settled while the broker refuses commits is committed once it takes them again.
func TestCommitsFollowSettlingThroughErrors(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: kerr.UnknownServerError, Count: 3})
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 2*offsets.WorthCommit)...)
	m := join(t, k, hourly)
	kafkatest.Await(t, "the faults", func() bool { return fault.Hits() >= 3 })
	kafkatest.Await(t, "a commit", func() bool { return kafkatest.Committed(k, group, "t", 0) > offsets.WorthCommit })
	kafkatest.Await(t, "recovery", func() bool { return m.board.Is("commit "+group) == "" })
}

func TestCommitBackoff(t *testing.T) {
	s := &Source{opts: Options{CommitInterval: time.Second}}
	for _, c := range []struct {
		name      string
		got, want time.Duration
	}{
		{"none has failed", s.commitBackoff(0), 0},
		{"one has failed", s.commitBackoff(1), commitAgain},
		{"three have failed", s.commitBackoff(3), 4 * commitAgain},
		{"many have failed", s.commitBackoff(100), time.Second},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// The groups of a process share one budget. A commit of more offsets than it has a second passes, and is paid
// for.
func TestCommitBudget(t *testing.T) {
	b := NewCommitBudget(100)
	now := time.Now()
	for i, c := range []struct {
		offsets int
		want    time.Duration
	}{
		{60, 0},
		{60, 200 * time.Millisecond}, // by another group
		{100, 1200 * time.Millisecond},
		{1000, 11200 * time.Millisecond},
	} {
		if got := b.spend(c.offsets, now); got != c.want {
			t.Errorf("commit %d: rest %v, want %v", i, got, c.want)
		}
	}
	if got := b.spend(50, now.Add(13*time.Second)); got != 0 {
		t.Errorf("after the rest: %v, want none", got)
	}
	var none *CommitBudget
	if got := none.spend(1000, now); got != 0 {
		t.Errorf("without a budget: %v, want none", got)
	}
}
