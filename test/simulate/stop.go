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

// stopBeyond is how much longer than its drain timeout a member may take to stop: to be heard in a request that
// waits for an answer, to commit once more, and to leave.
const stopBeyond = 10 * time.Second

// life is how a member came to its end.
type life struct {
	told  time.Time // when it was told to stop; zero before
	ended time.Time // when Run returned
	seen  bool      // its end was looked at
}

// labelled has all goroutines that f starts bear the name of a member.
func labelled(name string, f func()) {
	pprof.Do(context.Background(), pprof.Labels("member", name), func(context.Context) { f() })
}

// seeEnds looks at what members that have stopped have left behind.
func (w *world) seeEnds() error {
	var ended []*member
	for _, m := range w.members {
		select {
		case <-m.stopped:
			if !m.life.seen {
				m.life.seen = true
				ended = append(ended, m)
			}
		default:
		}
	}
	if len(ended) == 0 {
		return nil
	}
	synctest.Wait()
	var stacks bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&stacks, 1); err != nil {
		return err
	}
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	for _, m := range ended {
		for stack := range strings.SplitSeq(stacks.String(), "\n\n") {
			if strings.Contains(stack, fmt.Sprintf("%q:%q", "member", m.name)) {
				w.ledger.violateOnce("stop", "%s has stopped, and left a goroutine: %s", m.name, stack)
			}
		}
		if n := w.network.connections(m.name); n > 0 {
			w.ledger.violateOnce("stop", "%s has stopped, and left %d connections", m.name, n)
		}
		if took := m.life.ended.Sub(m.life.told); !m.life.told.IsZero() && took > m.setup.Drain+stopBeyond {
			w.ledger.violateOnce("stop", "%s has taken %s to stop; its drain timeout is %s", m.name, took, m.setup.Drain)
		}
	}
	return nil
}
