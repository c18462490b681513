package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend/redrive"
)

const redriveLong = `Send the dead letters of the dead-letter topic again.

Each letter is turned back into its record: key, value, headers, and its position and timestamp in
Kafka. A letter that names a destination goes there and nowhere else, whatever the rules say now. A
letter without one, because no rule matched or its value could not be decoded, goes by the current
rules; with --reroute all letters do. If the rules give it no destination, it stays in the topic.

A letter has left the topic when its message is acknowledged. If the message fails for good, it
becomes a new dead letter at the end of the topic, with its attempts added up; this run does not read
it again. The group GROUP.redrive commits which letters have left, one by one. So letters that the
filters leave out can be redriven later, and nothing is sent twice. After a crash the letters of the
last commit_interval may be sent again; a FIFO destination drops those within five minutes. Only one
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
		RunE: func(c *cobra.Command, _ []string) error { return runRedrive(c, &o) },
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

// redriving is a run of sluice redrive.
type redriving struct {
	*resending
	*redriveOptions
	plan *redrive.Plan
}

func runRedrive(c *cobra.Command, o *redriveOptions) error {
	if err := o.check(time.Now()); err != nil {
		return err
	}
	for _, name := range o.reasons {
		if !slices.Contains(reasonNames(), name) {
			return usagef("%q is not a reason for a dead letter; they are %s", name, strings.Join(reasonNames(), ", "))
		}
	}
	cfg, err := config.Load(o.config, os.Environ())
	if err != nil {
		return err
	}
	started, err := o.start(c, cfg)
	if err != nil {
		return err
	}
	r := &redriving{resending: started, redriveOptions: o}
	defer r.setup.Log.Sync()
	if err = r.run(c.Context()); errors.Is(err, errDeclined) {
		return nil
	}
	return err
}

func (r *redriving) run(parent context.Context) (err error) {
	stop, abort, release := signals(parent, r.setup.Log)
	defer release()
	r.plan, err = redrive.Open(stop, redrive.Request{
		Setup: r.setup, ByRules: r.reroute, MostUnpacked: int64(defaultMaxBatch), Replay: r.replayCommand,
		Filter: redrive.Filter{Period: r.period(), Reasons: r.reasons, Destinations: r.destinations, Rules: r.rules},
		Waiting: func(group string) {
			excerpt.Fprintf(r.c.ErrOrStderr(), "group %s has a member: waiting for another redrive to end\n", group)
		},
	})
	if err != nil {
		return unless(stop, err)
	}
	defer r.plan.Close()
	destinations, err := r.look(stop)
	if err != nil {
		return unless(stop, err)
	}
	started, err := r.plan.Start(stop, destinations)
	if err != nil {
		return unless(stop, err)
	}
	result, err := finish(stop, abort, r.resending, "redrive", started)
	return r.conclude(result, r.plan.Failed(err))
}

// roomyBatch is what a replay is told to read batches up to, that the bridge had no room for.
const roomyBatch = yamlconf.Size(1 << 30)

// replayCommand is what sends the batch that a letter stands for.
func (r *redriving) replayCommand(letter message.DeadLetter) string {
	words := []string{"sluice", "replay", "-c", r.config, "--offset", letter.Batch.Range(letter.Record.Topic, letter.Record.Partition)}
	if letter.Reason == message.ReasonBatchTooLarge {
		words = append(words, "--max-batch-bytes", roomyBatch.String())
	}
	return shellLine(words)
}

// look shows what would be done, asks, and returns the destinations that are needed.
func (r *redriving) look(ctx context.Context) ([]string, error) {
	p, recorded, err := r.plan.Preview(ctx, r.preview)
	if err != nil {
		return nil, err
	}
	nothing := p.Whole && p.Goes == 0
	switch {
	case r.json && (r.dryRun || !r.yes || nothing):
		if err := r.printJSON(p); err != nil {
			return nil, err
		}
	case !r.json:
		printLetters(r.report, r.plan.Topic, p, recorded)
	}
	if nothing {
		excerpt.Fprintf(r.c.ErrOrStderr(), "there is nothing to send\n")
		return nil, errDeclined
	}
	return p.Destinations(r.setup.Config.DestinationNames()), r.confirm(ctx, "Send these letters?")
}

// conclude prints what came of it.
func (r *redriving) conclude(result redrive.Result, failed error) error {
	if !r.json {
		printRedriven(r.report, result)
		return failed
	}
	out := struct {
		redrive.Result
		Error string `json:"error"`
	}{Result: result}
	if failed != nil {
		out.Error = failed.Error()
	}
	return errors.Join(r.printJSON(out), failed)
}

// printLetters says what would become of dead letters.
func printLetters(w io.Writer, topic string, p redrive.Preview, recorded bool) {
	switch {
	case p.Whole:
		excerpt.Fprintf(w, "%d dead letters in %s, %d to be sent\n", p.Letters, topic, p.Goes)
	default:
		excerpt.Fprintf(w, "of the first %d dead letters in %s, out of up to %d, %d to be sent\n", p.Letters, topic, p.Offsets, p.Goes)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for i := range p.Rows {
		row := &p.Rows[i]
		kind := row.Reason
		if row.Destination != "" {
			kind += " by " + row.Destination
		}
		if row.Rule != "" {
			kind += ", rule " + row.Rule
		}
		if kind == "" {
			kind = "others"
		}
		excerpt.Fprintf(t, "  \t%d\t  %s: %s\n", row.Count, kind, becomesOf(row))
	}
	_ = t.Flush() // to a writer whose errors are not looked at either
	if !recorded && p.Letters > 0 {
		excerpt.Fprintf(w, "no earlier redrive is on record; if there was one over a week ago, Kafka has forgotten it: leave out what it has sent with --from\n")
	}
}

func becomesOf(row *redrive.Row) string {
	switch {
	case row.Stays != "":
		return "stays, " + row.Stays
	case len(row.To) == 0:
		return "dropped by the rules"
	default:
		return "to " + strings.Join(row.To, ", ")
	}
}

// printRedriven says what came of a redrive.
func printRedriven(w io.Writer, r redrive.Result) {
	excerpt.Fprintf(w, "%d dead letters redriven\n", r.Redriven)
	printSent(w, r.Totals)
	printCounts(w, r.Stay, "stay: %s")
	if r.Unsettled > 0 {
		excerpt.Fprintf(w, "  %d were sent and not acknowledged, and stay\n", r.Unsettled)
	}
}
