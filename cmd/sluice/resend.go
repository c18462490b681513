package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/resend/sender"
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
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "how long Kafka may give no answer, or a destination be broken")
	_ = c.RegisterFlagCompletionFunc("destination", o.complete((*config.Config).DestinationNames))
	_ = c.RegisterFlagCompletionFunc("rule", o.complete(ruleNames))
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

func ruleNames(cfg *config.Config) []string {
	var names []string
	for i := range cfg.Rules {
		names = append(names, cfg.Rules[i].Name)
	}
	return names
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

// among refuses names that the configuration does not have.
func among(flag string, names, known []string) error {
	for _, name := range names {
		if !setOf(known)[name] {
			if near := suggest.Name(name, known); near != "" {
				return usagef("--%s %s is not in the configuration; did you mean %s?", flag, name, near)
			}
			return usagef("--%s %s is not in the configuration; it has %s", flag, name, strings.Join(known, ", "))
		}
	}
	return nil
}

func setOf(names []string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
	}
	return all
}

// resending is what a run of replay or redrive has.
type resending struct {
	o       *resendOptions
	c       *cobra.Command
	cfg     *config.Config
	session *awsapi.Session
	log     *zap.Logger
	// tell is where people read what goes on.
	tell io.Writer
}

func (o *resendOptions) start(c *cobra.Command, cfg *config.Config) (*resending, error) {
	session, err := awsapi.NewSession(c.Context(), awsapi.SessionOptions{Region: cfg.AWS.Region})
	if err != nil {
		return nil, err
	}
	log, _, err := newLogger(config.Log{Level: "warn", Format: "console"})
	if err != nil {
		return nil, err
	}
	r := &resending{o: o, c: c, cfg: cfg, session: session, log: log, tell: c.OutOrStdout()}
	if o.json {
		r.tell = c.ErrOrStderr()
	}
	return r, nil
}

func (r *resending) connection() kafka.Connection { return wiring.Connection(r.cfg, r.session) }

// peek opens a topic, of which batches may take so much memory.
func (r *resending) peek(ctx context.Context, topic string, maxBatch yamlconf.Size) (*kafka.Peek, error) {
	return kafka.OpenPeek(ctx, kafka.PeekOptions{
		Connection:      r.connection(),
		Topic:           topic,
		ReadUncommitted: r.cfg.Kafka.IsolationLevel == config.ReadUncommitted,
		MostUnpacked:    int64(maxBatch),
		Patience:        r.o.timeout,
	})
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

// sending opens the destinations.
func (r *resending) sending(ctx context.Context, destinations []string) (resend.Sending, error) {
	to, err := sender.Open(ctx, r.cfg, sender.Options{Log: r.log, Destinations: destinations, Patience: r.o.timeout})
	return resend.Sending{Sender: to, Rate: r.o.rate, Patience: r.o.timeout, Drain: time.Duration(r.cfg.DrainTimeout)}, err
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
