package simulate

import (
	"context"
	"time"
)

// lookEvery is how often it is looked whether the promises hold that are about time.
const lookEvery = 5 * time.Second

// pass lets time pass, and looks at what has to hold all the while.
func (w *world) pass(ctx context.Context, d time.Duration) {
	for until := time.Now().Add(d); ctx.Err() == nil; {
		left := time.Until(until)
		if left <= 0 {
			return
		}
		sleep(ctx, min(left, time.Until(w.looked.Add(lookEvery))))
		if time.Since(w.looked) >= lookEvery {
			w.looked = time.Now()
			w.look()
		}
	}
}

// look judges the moment.
func (w *world) look() {
	var told []problem
	running := false
	for _, m := range w.members {
		if !m.running() {
			continue
		}
		running = true
		for _, p := range m.daemon.Problems() {
			told = append(told, problem{m.name, p.What, p.Text})
		}
		w.bounds(m)
	}
	if err := w.seeEnds(); err != nil {
		panic(err) // the runtime's own
	}
	w.buryGhosts()
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	w.ledger.follow(running)
	w.ledger.judgeHealth(told)
	w.ledger.judgeFlow(w.setup)
	w.ledger.judgeCommits(w.setup)
	w.ledger.judgeGivingUp(w.setup)
}
