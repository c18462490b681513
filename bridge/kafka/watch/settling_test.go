package watch

import (
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// stuckRig is a partition as the committer sees it, at a time that the test moves.
type stuckRig struct {
	stuck *Settling
	board *kafkatest.Board
	now   time.Time
}

func newStuckRig() *stuckRig {
	b := kafkatest.NewBoard()
	return &stuckRig{stuck: NewSettling(b), board: b, now: time.Now()}
}

// at is what is seen of the partition: where it stands, and how many records are in flight.
func at(offset, held int64) Held {
	return Held{kafka.TopicPartition{Topic: "t", Partition: 3}, offsets.Position{Offset: offset}, held, 100 - offset, false}
}

// pass lets time pass while the same is seen, and returns what is told then.
func (r *stuckRig) pass(d time.Duration, seen ...Held) string {
	for end := r.now.Add(d); r.now.Before(end); {
		r.now = r.now.Add(stuckLook)
		r.stuck.see(seen, r.now)
	}
	return r.board.Is(settlingKey(kafka.TopicPartition{Topic: "t", Partition: 3}))
}

func TestStuckPartitionIsToldUntilItMoves(t *testing.T) {
	r := newStuckRig()
	if told := r.pass(StuckAfter-time.Second, at(7, 2)); told != "" {
		t.Errorf("told too soon: %s", told)
	}
	if told := r.pass(3*time.Second, at(7, 2)); told != "nothing was settled for 1m1s: the record at offset 7 waits, and 1 behind it" {
		t.Errorf("told %q", told)
	}
	// It is read again from where it stood.
	if told := r.pass(time.Second, at(7, 0)); told == "" {
		t.Error("no longer told, though nothing was settled")
	}
	if told := r.pass(time.Second, at(7, 2)); told == "" {
		t.Error("no longer told, though nothing was settled since")
	}
	if told := r.pass(time.Second, at(8, 1)); told != "" {
		t.Errorf("told though it has moved: %s", told)
	}
}

func TestStuckPartitionIsForgottenWithItsAssignment(t *testing.T) {
	r := newStuckRig()
	if r.pass(2*StuckAfter, at(7, 2)) == "" {
		t.Fatal("not told")
	}
	if told := r.pass(time.Second); told != "" {
		t.Errorf("told of a partition that is not owned: %s", told)
	}
	if r.pass(2*StuckAfter, at(7, 2)) == "" {
		t.Fatal("not told the second time")
	}
	r.stuck.Forget()
	if told := r.board.Is(settlingKey(kafka.TopicPartition{Topic: "t", Partition: 3})); told != "" {
		t.Errorf("told after the end: %s", told)
	}
}
