package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
)

// Check is one thing that was looked at where the bridge is to work.
type Check struct {
	Result Result
	// Place is where the configuration speaks of it: "kafka.brokers", "destinations.ledger".
	Place string
	// Message is one sentence: what was found, and the remedy where there is one to take.
	Message string
}

// Result says what came of a check.
type Result string

const (
	// OK means that it is as it should be.
	OK Result = "ok"
	// Note means that it cannot be told, or that it is good to know.
	Note Result = "note"
	// Failed means that the bridge would not work.
	Failed Result = "FAIL"
)

// checks collects what one part found.
type checks []Check

func (c *checks) ok(place, message string)   { *c = append(*c, Check{OK, place, message}) }
func (c *checks) note(place, message string) { *c = append(*c, Check{Note, place, message}) }
func (c *checks) fail(place, message string) { *c = append(*c, Check{Failed, place, message}) }

// Examine looks at everything that a configuration refers to: brokers, topics, groups, queues. It
// changes nothing and sends nothing, and ends soon after the timeout. report is called for each check, in the order of
// the file, as soon as those before it are known. The error counts those that failed.
func Examine(ctx context.Context, cfg *config.Config, timeout time.Duration, report func(Check)) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done, failed := 0, 0
	examine(ctx, cfg, func(c Check) {
		if c.Result != Note {
			done++
		}
		if c.Result == Failed {
			failed++
		}
		report(c)
	})
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, done)
	}
	return nil
}

// examine reports checks; ctx has a deadline.
func examine(ctx context.Context, cfg *config.Config, report func(Check)) {
	session, err := wiring.Session(ctx, cfg, nil)
	if err != nil {
		report(Check{Failed, "aws", err.Error() + "; correct the environment or the files of AWS"})
		return
	}
	type part struct {
		place string
		run   func() checks
	}
	parts := []part{{"kafka", func() checks { return checkKafka(ctx, cfg, session) }}}
	for _, name := range cfg.DestinationNames() {
		parts = append(parts, part{"destinations." + name, func() checks { return checkDestination(ctx, session, cfg.Destinations[name]) }})
	}
	results := make([]pending, len(parts))
	for i, p := range parts {
		results[i] = make(pending, 1)
		go func() { results[i] <- p.run() }() // ends soon after ctx
	}
	// What ends with ctx tells so by itself, given a moment. Some sources of credentials do not end.
	late, cancel := afterward(ctx, time.Second)
	defer cancel()
	for i, p := range parts {
		for _, c := range results[i].await(late, p.place) {
			report(c)
		}
	}
	for _, c := range permissions(cfg) {
		report(c)
	}
}

// pending is what a part will have found.
type pending chan checks

// await returns what was found, or a failure where it is not known before late ends.
func (p pending) await(late context.Context, place string) (found checks) {
	select {
	case found = <-p:
		return found
	case <-late.Done():
	}
	select {
	case found = <-p: // both were ready
	default:
		found.fail(place, "no answer in time; check the network, or give a longer timeout")
	}
	return found
}

// afterward returns a context that ends a while after another one.
func afterward(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return late, func() { stop(); cancel() }
}
