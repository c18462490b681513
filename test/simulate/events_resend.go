package simulate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/daemon"
	"github.com/sluice-bridge/sluice/replay"
)

// resendEvents send again on purpose, beside the members.
var resendEvents = []eventKind{
	{"replay", drawReplay, replayTopic},
	{"redrive", drawRedrive, redriveLetters},
	{"redrive by rules", drawRedrive, redriveLetters},
}

// drawReplay draws the topic, how many messages a second at the most, and when somebody stops it.
func drawReplay(r random, sc *Scenario, e *Event) {
	e.Name = pick(r, sc.Topics).Name
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
	stop, cancel := context.WithCancel(w.ctx)
	if e.For > 0 {
		cancel()
		stop, cancel = context.WithTimeout(w.ctx, e.For)
	}
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

// resendPatience is what the flag --timeout says by default.
const resendPatience = 30 * time.Second

func (w *world) runReplay(stop context.Context, cfg *config.Config, party string, e Event) (err error) {
	dial := w.network.Dialer(party)
	peek, err := kafka.OpenPeek(stop, kafka.PeekOptions{
		Connection: kafka.Connection{Brokers: cfg.Kafka.Brokers, ClientID: party, Dial: dial},
		Topic:      e.Name, ReadUncommitted: cfg.Kafka.IsolationLevel == config.ReadUncommitted,
		MostUnpacked: 64 << 20, Patience: resendPatience,
	})
	if err != nil {
		return err
	}
	defer peek.Close()
	outlet, err := daemon.OpenOutlet(stop, cfg, daemon.OutletOptions{
		Log: zap.NewNop(), Destinations: cfg.DestinationNames(), Patience: resendPatience, Dial: dial,
	})
	if err != nil {
		return err
	}
	defer outlet.Close()
	job := replay.New(replay.Options{
		Sending: replay.Sending{Outlet: outlet, Rate: e.Count, Patience: resendPatience, Drain: time.Duration(cfg.DrainTimeout)},
		Spans:   []replay.Span{{Topic: e.Name, Peek: peek, Ranges: peek.Ranges()}},
		ID:      party[len("replay."):],
	})
	result, err := job.Run(stop, stop)
	fmt.Fprintf(w.log, "%s\t%s of %v: %+v, %v\n", time.Now().Format(time.RFC3339Nano), party, peek.Ranges(), result, err)
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
