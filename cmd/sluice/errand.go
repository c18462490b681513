package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/resend/report"
	"github.com/sluice-bridge/sluice/wiring"
)

// resending is what a run of replay or redrive has.
type resending struct {
	o     *resendOptions
	c     *cobra.Command
	setup resend.Setup
	// report is where people read what goes on.
	report io.Writer
}

// run has a command send again what it is to send.
func (o *resendOptions) run(c *cobra.Command, again func(stop, abort context.Context, r *resending) error) error {
	cfg, err := config.Load(o.config, os.Environ())
	if err != nil {
		return err
	}
	log, _, err := wiring.Logger(config.Log{Level: "warn", Format: "console"})
	if err != nil {
		return err
	}
	defer log.Sync()
	r := &resending{o: o, c: c, report: c.OutOrStdout(), setup: resend.Setup{Config: cfg, Log: log, Timeout: o.timeout, Rate: o.rate}}
	if o.json {
		r.report = c.ErrOrStderr()
	}
	stop, abort, release := signals(c.Context(), log)
	defer release()
	if err = again(stop, abort, r); errors.Is(err, errDeclined) {
		return nil
	}
	return err
}

// errDeclined says that nothing is to be sent, which is no failure.
var errDeclined = errors.New("nothing was sent")

// unless says that nothing was sent, where that is since somebody has stopped it.
func unless(stop context.Context, err error) error {
	if err != nil && stop.Err() != nil {
		return errors.New("stopped before anything was sent")
	}
	return err
}

// task is what has been started: a replay or a redrive.
type task[Result any] interface {
	Run(stop, abort context.Context) (Result, error)
	Progress() (done, all int64)
	Close()
}

// plan is what a task follows.
type plan[Task any] interface {
	Start(ctx context.Context, destinations []string) (Task, error)
	// Failed words an error of the task.
	Failed(err error) error
	Close()
}

// errand is a plan of a replay or of a redrive, and what only one of them has.
type errand[Task task[Result], Result any] struct {
	name string
	plan plan[Task]
	// look shows what would be sent, asks, and returns the destinations that are needed.
	look func(ctx context.Context) (destinations []string, err error)
	// conclude shows what has come of it.
	conclude func(result Result, failed error) error
}

// send does an errand, where the user wants it.
func send[Task task[Result], Result any](stop, abort context.Context, r *resending, e errand[Task, Result]) error {
	defer e.plan.Close()
	destinations, err := e.look(stop)
	if err != nil {
		return unless(stop, err)
	}
	started, err := e.plan.Start(stop, destinations)
	if err != nil {
		return unless(stop, err)
	}
	end := showProgress(r.c.ErrOrStderr(), isTerminal(r.c.ErrOrStderr()), e.name, started.Progress)
	result, err := started.Run(stop, abort)
	end()
	started.Close()
	return e.conclude(result, e.plan.Failed(err))
}

// propose shows what would be sent, and asks.
func (r *resending) propose(ctx context.Context, what report.Report, nothing bool, question string) error {
	if !r.o.json || r.o.dryRun || !r.o.yes || nothing { // else the result is the only line
		if err := r.show(what); err != nil {
			return err
		}
	}
	if nothing {
		excerpt.Fprintf(r.c.ErrOrStderr(), "there is nothing to send\n")
		return errDeclined
	}
	return r.confirm(ctx, question)
}

// show prints a report.
func (r *resending) show(what report.Report) error {
	if r.o.json {
		return report.JSON(r.c.OutOrStdout(), what)
	}
	what.Text(r.report)
	return nil
}

// confirm asks whether to go on. It ends with ctx.
func (r *resending) confirm(ctx context.Context, question string) error {
	switch {
	case r.o.yes:
		return nil
	case r.o.dryRun:
		return errDeclined
	case !isTerminal(r.c.InOrStdin()):
		return usagef("nothing was sent, since there is no terminal to ask at; add --yes to send, or --dry-run to look only")
	}
	excerpt.Fprintf(r.c.ErrOrStderr(), "%s [y/N] ", question)
	answers := make(chan string, 1)
	go func() { // ends with an answer, or with the process
		line, _ := bufio.NewReader(r.c.InOrStdin()).ReadString('\n')
		answers <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		excerpt.Fprintf(r.c.ErrOrStderr(), "\n")
		return ctx.Err()
	case answer := <-answers:
		if answer == "y" || answer == "yes" {
			return nil
		}
	}
	excerpt.Fprintf(r.c.ErrOrStderr(), "nothing was sent\n")
	return errDeclined
}
