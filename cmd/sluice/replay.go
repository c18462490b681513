package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend/replay"
	"github.com/sluice-bridge/sluice/resend/report"
)

const replayLong = `Send records again that Kafka still has, by the rules of the configuration as it is now.

It uses no consumer group: the committed offsets of the bridge do not move, and the bridge may run
meanwhile. Messages go through the same batches, retries and dead letters as in sluice run, and have
the attribute replayed = true. An isolated destination is treated like any other.

--topic, --offset, --from and --to (timestamps of records) choose what is read. Reading ends where the
topics ended when the command began. --destination sends only messages to this destination, and
--rule only messages whose destination this rule named.

Records that no rule matches, that cannot be decoded, or on which a rule fails are counted and never
dead-lettered, because the bridge did that the first time. A message that AWS refuses becomes a dead
letter.

Before it sends, it reads the records (at most --preview of them), prints how many messages would go
where, and asks. --dry-run ends there. --yes neither reads ahead nor asks. Without --yes and without a
terminal it ends with exit code 2.

A replay has its own id, which is printed, so that FIFO destinations accept messages that they had
within the last five minutes. At Ctrl-C or SIGTERM it waits for what is in flight, and prints the
command that sends the rest with the same id: so a FIFO destination gets nothing twice within five
minutes.`

// defaultMaxBatch is more than the bridge reads at once with the limits that it has by default.
const defaultMaxBatch = yamlconf.Size(64 << 20)

// replayOptions are the flags of sluice replay.
type replayOptions struct {
	resendOptions
	topicNames []string
	offsets    []string
	id         string
	maxBatch   yamlconf.Size

	ranges []replay.Offsets // read from offsets
}

func newReplay() *cobra.Command {
	o := replayOptions{maxBatch: defaultMaxBatch}
	c := &cobra.Command{
		Use:   "replay",
		Short: "Send records again that Kafka still has",
		Long:  replayLong,
		Example: `  sluice replay -c bridge.yaml --topic orders --from 2h --dry-run
  sluice replay -c bridge.yaml --topic orders --offset 3:1000-2000
  sluice replay -c bridge.yaml --destination ledger --from 2026-01-31T08:00:00Z --to 2026-01-31T09:30:00Z --rate 500`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return o.run(c, o.replay)
		},
	}
	f := c.Flags()
	f.StringArrayVar(&o.topicNames, "topic", nil, "a topic to read; all that the configuration reads if left out")
	f.StringVar(&o.from, "from", "", "records since a time, or a duration ago")
	f.StringVar(&o.to, "to", "", "records before a time, or a duration ago")
	f.StringArrayVar(&o.offsets, "offset", nil, "records at PARTITION:FIRST-LAST, or TOPIC/PARTITION:FIRST-LAST")
	f.StringArrayVar(&o.destinations, "destination", nil, "only what goes to this destination")
	f.StringArrayVar(&o.rules, "rule", nil, "only what this rule sends")
	f.Var(&o.maxBatch, "max-batch-bytes", "most memory that one batch of records may take, unpacked, at most 2047MiB")
	f.StringVar(&o.id, "id", "", "id of an earlier replay to go on with")
	o.flags(c)
	completeTopics(c, &o.config)
	_ = c.RegisterFlagCompletionFunc("offset", noFiles) // for completion only
	_ = c.RegisterFlagCompletionFunc("id", noFiles)
	_ = c.RegisterFlagCompletionFunc("max-batch-bytes", noFiles)
	return c
}

func (o *replayOptions) check() (err error) {
	if err := o.resendOptions.check(time.Now()); err != nil {
		return err
	}
	for _, name := range o.topicNames {
		if err := checkTopic(name); err != nil {
			return err
		}
	}
	if o.maxBatch < 1<<20 || o.maxBatch > 2047<<20 {
		return usagef("--max-batch-bytes is %v; write a size from 1MiB to 2047MiB", o.maxBatch)
	}
	if err := replay.CheckID(o.id); err != nil {
		return err
	}
	if len(o.topicNames)+len(o.offsets)+len(o.rules)+len(o.destinations) == 0 && o.from == "" && o.to == "" {
		return usagef("this would send everything again; choose with --topic, --from, --to, --offset, --rule or --destination")
	}
	o.ranges, err = replay.ParseOffsets(o.offsets)
	return err
}

// replaying is a run of sluice replay.
type replaying struct {
	*resending
	*replayOptions
	*replay.Plan
}

func (o *replayOptions) replay(stop, abort context.Context, r *resending) error {
	plan, err := replay.Open(stop, replay.Request{
		Setup: r.setup, Topics: o.topicNames, Offsets: o.ranges, MostUnpacked: int64(o.maxBatch), ID: o.id,
		Filter: replay.Filter{Period: o.period(), Rules: o.rules, Destinations: o.destinations},
		Missing: func(topic string) {
			excerpt.Fprintf(r.c.ErrOrStderr(), "topic %s does not exist, and is left out\n", topic)
		},
	})
	if err != nil {
		return unless(stop, err)
	}
	run := &replaying{r, o, plan}
	return send(stop, abort, r, errand[*replay.Replay, replay.Result]{"replay " + plan.ID, plan, run.look, run.conclude})
}

func (r *replaying) look(ctx context.Context) ([]string, error) {
	if r.yes && !r.dryRun {
		return r.Destinations(), nil
	}
	if !r.json {
		report.Spans(r.report, r.Spans, r.preview)
	}
	p, err := r.Preview(ctx, r.preview)
	if err != nil {
		return nil, err
	}
	destinations := p.Destinations(r.Destinations())
	return destinations, r.propose(ctx, report.Replay{Preview: p}, len(destinations) == 0, "Send this?")
}

func (r *replaying) conclude(result replay.Result, failed error) error {
	resume := ""
	if len(result.Left) > 0 {
		resume = r.command(result.Left)
	}
	err := r.show(report.NewReplayed(result, resume, failed))
	if failed != nil && resume != "" {
		failed = fmt.Errorf("%w; what is left is sent by: %s", failed, resume)
	}
	return errors.Join(err, failed)
}

// command is what goes on with what is left.
func (r *replaying) command(left []replay.Left) string {
	words := []string{"sluice", "replay", "-c", r.config, "--id", r.ID}
	add := func(flag string, values ...string) {
		for _, v := range values {
			words = append(words, flag, v)
		}
	}
	if !r.since.IsZero() {
		add("--from", r.since.Format(time.RFC3339Nano))
	}
	if !r.until.IsZero() {
		add("--to", r.until.Format(time.RFC3339Nano))
	}
	add("--rule", r.rules...)
	add("--destination", r.destinations...)
	if r.rate > 0 {
		add("--rate", strconv.Itoa(r.rate))
	}
	for _, l := range left {
		add("--offset", fmt.Sprintf("%s/%d:%d-%d", l.Topic, l.Partition, l.First, l.Last))
	}
	if r.maxBatch != defaultMaxBatch {
		add("--max-batch-bytes", r.maxBatch.String())
	}
	return shellLine(words)
}
