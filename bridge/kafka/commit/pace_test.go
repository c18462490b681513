package commit

import (
	"testing"
	"time"
)

func TestCommitsThatFailComeMoreRarely(t *testing.T) {
	c := New(Options{Interval: time.Second})
	for _, row := range []struct {
		name      string
		got, want time.Duration
	}{
		{"none has failed", c.backoff(0), 0},
		{"one has failed", c.backoff(1), again},
		{"three have failed", c.backoff(3), 4 * again},
		{"many have failed", c.backoff(100), time.Second},
	} {
		if row.got != row.want {
			t.Errorf("%s: %v, want %v", row.name, row.got, row.want)
		}
	}
}

// The groups of a process share one budget. A commit of more offsets than it has a second passes, and is paid
// for.
func TestGroupsShareTheBudgetOfCommits(t *testing.T) {
	b := NewBudget(100)
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
	var none *Budget
	if got := none.spend(1000, now); got != 0 {
		t.Errorf("without a budget: %v, want none", got)
	}
}
