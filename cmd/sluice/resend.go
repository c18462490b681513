package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/resend/report"
	"github.com/sluice-bridge/sluice/wiring"
)

// resendOptions are the flags that replay and redrive share.
type resendOptions struct {
	config       string
	from, to     string
	destinations []string
	rules        []string
	rate         int
	yes, dryRun  bool
	json         bool
	preview      int64
	timeout      time.Duration

	since, until time.Time // read from from and to
}

func (o *resendOptions) flags(c *cobra.Command) {
	configFlag(c, &o.config)
	f := c.Flags()
	f.IntVar(&o.rate, "rate", 0, "most messages a second; 0 is no limit")
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask before sending")
	f.BoolVar(&o.dryRun, "dry-run", false, "count what would be sent, and send nothing")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	f.Int64Var(&o.preview, "preview", 100_000, "most records to read for the counts before sending")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "give up when Kafka has not answered, or a destination has been broken, for this long")
	_ = c.RegisterFlagCompletionFunc("destination", o.complete((*config.Config).DestinationNames))
	_ = c.RegisterFlagCompletionFunc("rule", o.complete((*config.Config).RuleNames))
	for _, name := range []string{"from", "to", "rate", "preview", "timeout"} {
		_ = c.RegisterFlagCompletionFunc(name, noFiles) // for completion only
	}
}

// complete offers names of the configuration.
func (o *resendOptions) complete(names func(*config.Config) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		cfg, err := config.Load(o.config, nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(cfg), cobra.ShellCompDirectiveNoFileComp
	}
}

func (o *resendOptions) check(now time.Time) (err error) {
	switch {
	case o.rate < 0:
		return usagef("--rate is %d; write a number of messages a second, or leave it out", o.rate)
	case o.preview < 1:
		return usagef("--preview is %d; write a number above zero", o.preview)
	case o.timeout <= 0:
		return usagef("--timeout is %v; write a time above zero, like 30s", o.timeout)
	}
	if o.from != "" {
		if o.since, err = parseTime("--from", o.from, now); err != nil {
			return err
		}
	}
	if o.to != "" {
		if o.until, err = parseTime("--to", o.to, now); err != nil {
			return err
		}
	}
	if o.from != "" && o.to != "" && !o.since.Before(o.until) {
		return usagef("--to %s is not after --from %s; write a later one", o.to, o.from)
	}
	return nil
}

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

func (o *resendOptions) period() resend.Period { return resend.Period{From: o.since, To: o.until} }

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

// shellLine writes a command for a shell.
func shellLine(words []string) string {
	for i, w := range words {
		if strings.ContainsFunc(w, func(c rune) bool { return !strings.ContainsRune(plainInShell, c) }) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// plainInShell are the characters that need no quotes.
const plainInShell = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:+,="
