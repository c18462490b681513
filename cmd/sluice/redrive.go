package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend/redrive"
	"github.com/sluice-bridge/sluice/resend/report"
)

const redriveLong = `Send the dead letters of the dead-letter topic again.

Each letter is turned back into its record: key, value, headers, and its position and timestamp in
Kafka. A letter that names a destination goes there and nowhere else, whatever the rules say now. A
letter without one, because no rule matched or its value could not be decoded, goes by the current
rules; with --reroute all letters do. If the rules give it no destination, it stays in the topic.

A letter has left the topic when its message is acknowledged. If the message fails for good, it
becomes a new dead letter at the end of the topic, with its attempts added up; this run does not read
it again. The group GROUP.redrive commits which letters have left, one by one. So letters that the
filters leave out can be redriven later, without those that have left. Only after a crash the letters
of the last commit_interval may be sent again; a FIFO destination drops those within five minutes. One
redrive can run at a time.

Kafka deletes the offsets of a group that has had no member for offsets.retention.minutes, a week by
default. After that every letter still in the topic counts as not redriven; --from leaves the old
ones out.

Before it sends, it reads the letters (at most --preview of them), prints what would happen to them,
and asks. --dry-run ends there, --yes does not ask. Without --yes and without a terminal it ends with
exit code 2.

Dead letters that go to a queue (dead_letter.destination) are for a consumer of that queue.`

// redriveOptions are the flags of sluice redrive.
type redriveOptions struct {
	resendOptions
	reasons []string
	reroute bool
}

func newRedrive() *cobra.Command {
	var o redriveOptions
	c := &cobra.Command{
		Use:   "redrive",
		Short: "Send dead letters again",
		Long:  redriveLong,
		Example: `  sluice redrive -c bridge.yaml --dry-run
  sluice redrive -c bridge.yaml --destination ledger --reason rejected --rate 100
  sluice redrive -c bridge.yaml --reason rule_error --from 24h`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return o.run(c, o.redrive)
		},
	}
	f := c.Flags()
	f.StringArrayVar(&o.reasons, "reason", nil, "only letters of this reason")
	f.StringArrayVar(&o.destinations, "destination", nil, "only letters that were for this destination")
	f.StringArrayVar(&o.rules, "rule", nil, "only letters that this rule has named a destination for, or failed on")
	f.StringVar(&o.from, "from", "", "only letters written since a time, or a duration ago")
	f.StringVar(&o.to, "to", "", "only letters written before a time, or a duration ago")
	f.BoolVar(&o.reroute, "reroute", false, "send each where the current rules say")
	o.flags(c)
	_ = c.RegisterFlagCompletionFunc("reason", cobra.FixedCompletions(reasonNames(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func reasonNames() []string {
	var names []string
	for _, reason := range message.Reasons {
		names = append(names, string(reason))
	}
	return names
}

func (o *redriveOptions) check() error {
	if err := o.resendOptions.check(time.Now()); err != nil {
		return err
	}
	for _, name := range o.reasons {
		if !slices.Contains(reasonNames(), name) {
			return usagef("%q is not a reason for a dead letter; they are %s", name, strings.Join(reasonNames(), ", "))
		}
	}
	return nil
}

// redriving is a run of sluice redrive.
type redriving struct {
	*resending
	*redriveOptions
	*redrive.Plan
}

func (o *redriveOptions) redrive(stop, abort context.Context, r *resending) error {
	plan, err := redrive.Open(stop, redrive.Request{
		Setup: r.setup, ByRules: o.reroute, MostUnpacked: int64(defaultMaxBatch), Replay: o.replayCommand,
		Filter: redrive.Filter{Period: o.period(), Reasons: o.reasons, Destinations: o.destinations, Rules: o.rules},
		Waiting: func(group string) {
			excerpt.Fprintf(r.c.ErrOrStderr(), "group %s has a member: waiting for another redrive to end\n", group)
		},
	})
	if err != nil {
		return unless(stop, err)
	}
	run := &redriving{r, o, plan}
	return send(stop, abort, r, errand[*redrive.Redrive, redrive.Result]{"redrive", plan, run.look, run.conclude})
}

// roomyBatch is what a replay is told to read batches up to, that the bridge had no room for.
const roomyBatch = yamlconf.Size(1 << 30)

// replayCommand is what sends the batch that a letter stands for.
func (o *redriveOptions) replayCommand(letter message.DeadLetter) string {
	words := []string{"sluice", "replay", "-c", o.config, "--offset", letter.Batch.Range(letter.Record.Topic, letter.Record.Partition)}
	if letter.Reason == message.ReasonBatchTooLarge {
		words = append(words, "--max-batch-bytes", roomyBatch.String())
	}
	return shellLine(words)
}

func (r *redriving) look(ctx context.Context) ([]string, error) {
	p, err := r.Preview(ctx, r.preview)
	if err != nil {
		return nil, err
	}
	err = r.propose(ctx, report.Redrive{Preview: p, Topic: r.Topic, From: "--from"}, p.Whole && p.Goes == 0, "Send these letters?")
	return p.Destinations(r.Config.DestinationNames()), err
}

func (r *redriving) conclude(result redrive.Result, failed error) error {
	return errors.Join(r.show(report.NewRedriven(result, failed)), failed)
}
