package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/telemetry"
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
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "how long Kafka may give no answer, or a destination be broken")
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

func (o *resendOptions) start(c *cobra.Command, cfg *config.Config) (*resending, error) {
	log, _, err := newLogger(config.Log{Level: "warn", Format: "console"})
	if err != nil {
		return nil, err
	}
	r := &resending{o: o, c: c, report: c.OutOrStdout(), setup: resend.Setup{Config: cfg, Log: log, Timeout: o.timeout, Rate: o.rate}}
	if o.json {
		r.report = c.ErrOrStderr()
	}
	return r, nil
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

// task is what has been started: a replay or a redrive.
type task[Result any] interface {
	Run(stop, abort context.Context) (Result, error)
	Progress() (done, all int64)
	Close()
}

// finish runs a task to its end, and shows how far it is.
func finish[Result any](stop, abort context.Context, r *resending, what string, t task[Result]) (Result, error) {
	defer t.Close()
	defer showProgress(r.c.ErrOrStderr(), isTerminal(r.c.ErrOrStderr()), what, t.Progress)()
	return t.Run(stop, abort)
}

// printJSON prints a value on a line.
func (r *resending) printJSON(v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		_, err = fmt.Fprintf(r.c.OutOrStdout(), "%s\n", b)
	}
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return nil
}

// printSent says what has become of messages.
func printSent(w io.Writer, s telemetry.Totals) {
	printCounts(w, s.Acknowledged, "acknowledged by %s")
	printCounts(w, s.DeadLettered, "refused by %s")
	printCounts(w, s.Letters, "new dead letters: %s")
	if s.Dropped > 0 {
		printCounts(w, map[string]int64{"rules": s.Dropped}, "dropped by %s")
	}
}

func printCounts[K ~string](w io.Writer, counts map[K]int64, format string) {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		excerpt.Fprintf(w, "  %d "+format+"\n", counts[name], name)
	}
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
