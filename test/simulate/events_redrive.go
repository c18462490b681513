package simulate

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/resend/redrive"
)

// drawRedrive draws how letters are sent. Most dead letters are of what
// no destination takes, so it often draws an outage before, in which messages are given up.
func drawRedrive(r random, sc *Scenario, e *Event) {
	drawResending(r, e)
	if r.one(3) {
		return
	}
	d := &sc.Setup.Destinations[r.IntN(len(sc.Setup.Destinations))]
	d.GiveUp, sc.Setup.Letters = 20*time.Second, ""
	sc.Events = append(sc.Events, Event{At: e.At, Do: "fail", Name: d.Place, Other: "unavailable", For: time.Minute})
	e.At += 2 * time.Minute
}

const byRules = "redrive by rules"

// redriveLetters begins a redrive of the dead letters that lie in their topic. Only one gets the group at a time.
func redriveLetters(w *world, e Event) error {
	if w.setup.Letters != "" {
		return fmt.Errorf("dead letters go to %s", w.setup.Letters)
	}
	stop, cancel := w.until(e)
	setup, party := w.setup.clone(), w.redriver()
	w.resends.Go(func() {
		defer cancel()
		// It has said why it failed, and what is left; nothing is promised of that.
		_ = w.redrive(stop, &setup, party, e)
	})
	return nil
}

// redriver names a run.
func (w *world) redriver() string {
	w.redrives++
	return fmt.Sprintf("redrive.%d", w.redrives)
}

// redrive does what the command does.
func (w *world) redrive(stop context.Context, setup *Setup, party string, e Event) (err error) {
	defer func() {
		fmt.Fprintf(w.log, "%s\t%s has ended: %v\n", time.Now().Format(time.RFC3339Nano), party, err)
	}()
	cfg, err := w.configuration(*setup, party)
	if err != nil {
		return err
	}
	byRules := e.Do == byRules
	plan, err := redrive.Open(stop, redrive.Request{
		Setup: w.resending(cfg, party, e.Count), ByRules: byRules,
		Replay: func(message.DeadLetter) string { return "sluice replay" },
	})
	if err != nil {
		return err
	}
	defer plan.Close()
	job, err := plan.Start(stop, cfg.DestinationNames())
	if err != nil {
		return err
	}
	defer job.Close()
	read := plan.Ranges()
	run := w.ledger.redriveBegins(setup, byRules, read[0].End)
	result, err := job.Run(stop, stop)
	fmt.Fprintf(w.log, "%s\t%s of %v: %+v\n", time.Now().Format(time.RFC3339Nano), party, read, result)
	if err == nil {
		w.ledger.redriven(run)
	}
	return err
}

// lastRedrive sends what is left in the topic of dead letters, where somebody has done that before: what was committed
// for a letter that did not arrive would show.
func (w *world) lastRedrive() {
	if w.redrives == 0 || w.setup.Letters != "" {
		return
	}
	setup := w.setup.clone()
	if err := w.redrive(w.ctx, &setup, w.redriver(), Event{}); err != nil {
		w.ledger.mu.Lock()
		defer w.ledger.mu.Unlock()
		w.ledger.violate("redrive", "all is well, and dead letters cannot be redriven: %v", err)
	}
}
