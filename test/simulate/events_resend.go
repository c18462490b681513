package simulate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/resend/replay"
)

// resendEvents send again on purpose, beside the members.
var resendEvents = []eventKind{
	{"replay", drawReplay, replayTopic},
	{"redrive", drawRedrive, redriveLetters},
	{byRules, drawRedrive, redriveLetters},
}

// drawReplay draws the topic, and how it is sent.
func drawReplay(r random, sc *Scenario, e *Event) {
	e.Name = pick(r, sc.Topics).Name
	drawResending(r, e)
}

// drawResending draws how many messages a second at the most, and when somebody stops it.
func drawResending(r random, e *Event) {
	e.Count = pick(r, []int{0, 0, 5, 50})
	e.For = pick(r, []time.Duration{0, 5 * time.Second, 90 * time.Second})
}

// replayTopic begins a replay of all that a topic has. Several may run side by side.
func replayTopic(w *world, e Event) error {
	w.made++
	party := fmt.Sprintf("replay.%d", w.made)
	setup := w.setup.clone()
	cfg, err := w.configuration(setup, party)
	if err != nil {
		return err
	}
	stop, cancel := w.until(e)
	w.resends.Go(func() {
		defer cancel()
		what := w.ledger.replays(e.Name, &setup, e.Count)
		if err := w.runReplay(stop, cfg, party, e); err != nil {
			return // it has said why, and what is left; nothing is promised of that
		}
		w.ledger.replayed(what)
	})
	return nil
}

// until ends when somebody stops what an event has begun.
func (w *world) until(e Event) (context.Context, context.CancelFunc) {
	if e.For > 0 {
		return context.WithTimeout(w.ctx, e.For)
	}
	return context.WithCancel(w.ctx)
}

// resendPatience is what the flag --timeout says by default.
const resendPatience = 30 * time.Second

// resending is how somebody sends again, so many messages a second at the most.
func (w *world) resending(cfg *config.Config, party string, rate int) resend.Setup {
	return resend.Setup{Config: cfg, Log: zap.NewNop(), Timeout: resendPatience, Rate: rate, Dial: w.network.Dialer(party)}
}

func (w *world) runReplay(stop context.Context, cfg *config.Config, party string, e Event) (err error) {
	plan, err := replay.Open(stop, replay.Request{Setup: w.resending(cfg, party, e.Count), Topics: []string{e.Name}, ID: party[len("replay."):]})
	if err != nil {
		return err
	}
	defer plan.Close()
	job, err := plan.Start(stop, plan.Destinations())
	if err != nil {
		return err
	}
	defer job.Close()
	result, err := job.Run(stop, stop)
	fmt.Fprintf(w.log, "%s\t%s of %v: %+v, %v\n", time.Now().Format(time.RFC3339Nano), party, plan.Spans[0].Ranges, result, err)
	if err == nil && len(result.Left) > 0 {
		return errors.New("something is left")
	}
	return err
}

// awaitResends waits until all have come to an end.
func (w *world) awaitResends() {
	ended := make(chan struct{})
	go func() {
		w.resends.Wait()
		close(ended)
	}()
	within := settleWithin + w.ledger.slowest()
	limit := time.NewTimer(within)
	defer limit.Stop()
	select {
	case <-ended:
	case <-limit.C:
		w.ledger.mu.Lock()
		w.ledger.violate("replay", "a replay or redrive does not end within %s after the last fault", within)
		w.ledger.mu.Unlock()
		w.cancel()
		<-ended
	}
}
