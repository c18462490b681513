// Command simulate runs scenarios of the whole bridge in virtual time.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-bridge/sluice/test/simulate"
)

func main() {
	child := flag.String("child", "", "the test binary of test/simulate")
	runs := flag.Int("runs", 1000, "how many scenarios")
	first := flag.Uint64("seed", uint64(time.Now().Unix()), "the first seed; the others follow it")
	parallel := flag.Int("parallel", 2, "how many at once")
	limit := flag.Duration("limit", 60*time.Second, "how long one may take, of real time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "simulate")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer os.RemoveAll(dir)
	c := &children{binary: *child, limit: *limit, dir: dir}
	began := time.Now()
	var next atomic.Int64
	var mu sync.Mutex
	failed, done := 0, 0
	var workers sync.WaitGroup
	for range *parallel {
		workers.Go(func() {
			for ctx.Err() == nil {
				n := next.Add(1) - 1
				if n >= int64(*runs) {
					return
				}
				sc := simulate.Draw(*first + uint64(n))
				r, err := c.run(ctx, sc)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				mu.Lock()
				done++
				if len(r.Violations) > 0 {
					failed++
					fmt.Printf("seed %s: %s\n", seed(sc), first300(r.Violations[0]))
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	fmt.Printf("%d scenarios in %s, %d failed\n", done, time.Since(began).Round(time.Second), failed)
	if failed > 0 {
		os.Exit(1)
	}
}

func first300(v simulate.Violation) string {
	text := fmt.Sprintf("%s after %s: %s", v.Promise, v.At.Round(time.Millisecond), v.Text)
	if len(text) > 600 {
		text = text[:600] + "…"
	}
	return text
}
