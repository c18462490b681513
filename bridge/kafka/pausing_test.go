package kafka

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
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
