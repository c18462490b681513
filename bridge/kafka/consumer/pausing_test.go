package consumer

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// laden is an intake whose backlog is gone after a time.
type laden struct {
	Intake
	until    time.Time
	starving bool
}

func (l *laden) Backlog() (int, bool) {
	if time.Now().Before(l.until) {
		return ample + 1, l.starving
	}
	return ample, l.starving
}

// What is not read is not in memory; but a destination that starves beside a slow one is fed.
func TestPollRestsWhileThereIsEnoughToSend(t *testing.T) {
	for name, row := range map[string]struct {
		laden    time.Duration
		starving bool
		rests    time.Duration
	}{
		"no backlog":                        {0, false, 0},
		"a backlog that goes":               {100 * time.Millisecond, false, 100 * time.Millisecond},
		"a backlog that stays":              {time.Hour, false, breather},
		"a backlog where another starves":   {time.Hour, true, shortBreather},
		"a small one where another starves": {5 * time.Millisecond, true, 5 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := &Source{intake: &laden{until: began.Add(row.laden), starving: row.starving}}
				s.rest(t.Context())
				if took := time.Since(began); took != row.rests {
					t.Errorf("rests for %v, want %v", took, row.rests)
				}
				ended, end := context.WithCancel(t.Context())
				end()
				began = time.Now()
				if s.rest(ended); time.Since(began) > time.Millisecond {
					t.Error("rests on after the end")
				}
			})
		})
	}
}

// However many partitions are stuck behind a destination that takes nothing, what goes elsewhere goes on.
func TestFlowBesideManyStuckPartitions(t *testing.T) {
	t.Parallel()
	const stuck = 50
	k := kafkatest.Cluster(t, stuck+1)
	client := kafkatest.Dial(t, k)
	m := build(t, k)
	m.slow.holds(func(string) bool { return true })
	m.run()
	kafkatest.Await(t, "all partitions", func() bool { return m.owned() == stuck+1 })
	for p := range int32(stuck) {
		kafkatest.Produce(t, client, kafkatest.Numbered("t", p, fmt.Sprintf("slow-%d-", p), 1100)...)
		a := m.assignment("t", p)
		kafkatest.Await(t, "its share", func() bool { return a.paused.Load() || m.window.Batch(1) == 0 })
	}
	kafkatest.Produce(t, client, kafkatest.Numbered("t", stuck, "a", 500)...)
	commits(t, k, "t", stuck, 500)
	if n, _ := m.window.Held(); n > 2000 {
		t.Errorf("%d records are held", n)
	}
}
