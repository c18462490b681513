package simulate

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"strings"
	"testing/synctest"
	"time"
)

// stopBeyond is how much longer than its drain timeout a member may take to stop where brokers say nothing: the
// last commit (5 s), one that is under way (5 s), and the word that it leaves (5 s).
const stopBeyond = 15 * time.Second

// life is how a member came to its end.
type life struct {
	told  time.Time // when it was told to stop; zero before
	ended time.Time // when it had stopped
	seen  bool      // its end was looked at
}

// labelled has all goroutines that f starts bear the name of a member.
func labelled(name string, f func()) {
	pprof.Do(context.Background(), pprof.Labels("member", name), func(context.Context) { f() })
}

// seeEnds looks at members that are to stop: they have to, and leave nothing behind.
func (w *world) seeEnds() error {
	var ended, late []*member
	for _, m := range w.members {
		select {
		case <-m.stopped:
			if !m.life.seen {
				m.life.seen = true
				ended = append(ended, m)
			}
		default:
			if !m.life.told.IsZero() && time.Since(m.life.told) > m.setup.Drain+stopBeyond {
				late = append(late, m)
			}
		}
	}
	if len(ended)+len(late) == 0 {
		return nil
	}
	synctest.Wait()
	var stacks bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&stacks, 1); err != nil {
		return err
	}
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	for _, m := range late {
		w.ledger.violateOnce("stop", "%s was told to stop %s ago, with a drain timeout of %s, and waits: %s",
			m.name, time.Since(m.life.told), m.setup.Drain, strings.Join(m.stacks(stacks.String()), "\n"))
	}
	for _, m := range ended {
		if took := m.life.ended.Sub(m.life.told); !m.life.told.IsZero() && took > m.setup.Drain+stopBeyond {
			w.ledger.violateOnce("stop", "%s was told to stop, with a drain timeout of %s, and took %s", m.name, m.setup.Drain, took)
		}
		if left := m.stacks(stacks.String()); len(left) > 0 {
			w.ledger.violateOnce("stop", "%s has stopped, and left goroutines: %s", m.name, strings.Join(left, "\n"))
		}
		if n := w.network.connections(m.name); n > 0 {
			w.ledger.violateOnce("stop", "%s has stopped, and left %d connections", m.name, n)
		}
	}
	return nil
}

// stacks are those of a member's goroutines.
func (m *member) stacks(all string) (mine []string) {
	for stack := range strings.SplitSeq(all, "\n\n") {
		if strings.Contains(stack, fmt.Sprintf("%q:%q", "member", m.name)) {
			mine = append(mine, stack)
		}
	}
	return mine
}
