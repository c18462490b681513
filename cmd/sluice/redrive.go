package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend"
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
	topic   string
	group   string
	origins map[string]offsets.Origin
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
	if cfg.DeadLetter.Kafka == "" {
		return usagef("dead letters go to the destination %s, and redrive reads a topic; have a consumer of that destination open the envelopes and send them on, or set dead_letter.kafka", cfg.DeadLetter.Destination)
	}
	started, err := o.start(c, cfg)
	if err != nil {
		return err
	}
	r := &redriving{resending: started, redriveOptions: o, topic: cfg.DeadLetter.Kafka, group: cfg.Kafka.Group + ".redrive", origins: map[string]offsets.Origin{}}
	defer r.log.Sync()
	err = r.run(c.Context())
	if errors.Is(err, errDeclined) {
		return nil
	}
	return err
}

func (r *redriving) run(parent context.Context) error {
	stop, abort, release := signals(parent, r.log)
	defer release()
	letters, err := r.letters(stop)
	if err != nil {
		return unless(stop, err)
	}
	defer letters.Peek.Close()
	ex, err := forecast.New(r.cfg, r.timeout, nil)
	if err != nil {
		return err
	}
	defer ex.Close()
	letters.Explainer = ex
	destinations, err := r.look(stop, letters)
	if err != nil {
		return unless(stop, err)
	}
	claim, err := r.claim(stop, letters)
	if err != nil {
		return unless(stop, err)
	}
	defer claim.Release()
	committed, err := claim.Committed(stop)
	if err != nil {
		return unless(stop, r.wrong(err))
	}
	if _, err := letters.Open(committed); err != nil {
		return err
	}
	sending, err := r.sending(stop, destinations)
	if err != nil {
		return unless(stop, err)
	}
	defer sending.Sender.Close()
	job := redrive.New(redrive.Options{
		Sending: sending, Letters: letters, Claim: claim, CommitInterval: time.Duration(r.cfg.CommitInterval),
	})
	end := showProgress(r.c.ErrOrStderr(), isTerminal(r.c.ErrOrStderr()), "redrive", job.Progress)
	result, err := job.Run(stop, abort)
	end()
	return r.report(result, err)
}

// letters opens the dead-letter topic.
func (r *redriving) letters(ctx context.Context) (*redrive.Letters, error) {
	p, err := r.peek(ctx, r.topic, defaultMaxBatch)
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		return nil, fmt.Errorf("the dead-letter topic %s does not exist, or may not be described; the bridge creates it when it starts, or correct dead_letter.kafka", r.topic)
	}
	if err != nil {
		return nil, liveError(r.cfg, r.topic, err)
	}
	return &redrive.Letters{
		Peek: p, Topic: r.topic, ByRules: r.reroute, Known: setOf(r.cfg.DestinationNames()), Origin: r.origin,
		Replay: r.replayCommand,
		Filter: redrive.Filter{Period: resend.Period{From: r.since, To: r.until}, Reasons: setOf(r.reasons), Destinations: setOf(r.destinations), Rules: setOf(r.rules)},
	}, nil
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

// origin looks up where a record came from, once for each topic.
func (r *redriving) origin(ctx context.Context, topic string) (offsets.Origin, error) {
	if o, ok := r.origins[topic]; ok {
		return o, nil
	}
	err := kafka.LookUp(ctx, r.connection(), r.timeout, func(ctx context.Context, admin *kadm.Client) error {
		found, err := kafka.Origins(ctx, admin, []string{topic})
		if err == nil {
			r.origins[topic] = found[topic]
		}
		return err
	})
	return r.origins[topic], err
}

// look shows what would be done, asks, and returns the destinations that are needed.
func (r *redriving) look(ctx context.Context, letters *redrive.Letters) ([]string, error) {
	var committed map[int32]kafka.Progress
	err := kafka.LookUp(ctx, r.connection(), r.timeout, func(ctx context.Context, admin *kadm.Client) (err error) {
		committed, err = kafka.Committed(ctx, admin, r.group, r.topic)
		return err
	})
	if err != nil {
		return nil, r.wrong(err)
	}
	recorded, err := letters.Open(committed)
	if err != nil {
		return nil, err
	}
	p, err := letters.Look(ctx, r.preview)
	if err != nil {
		return nil, r.wrong(err)
	}
	switch {
	case r.json && (r.dryRun || !r.yes || p.Whole && p.Goes == 0):
		if err := r.printJSON(p); err != nil {
			return nil, err
		}
	case !r.json:
		tellLetters(r.tell, r.topic, p, recorded)
	}
	if p.Whole && p.Goes == 0 {
		excerpt.Fprintf(r.c.ErrOrStderr(), "there is nothing to send\n")
		return nil, errDeclined
	}
	all := r.cfg.DestinationNames()
	if p.Whole {
		all = nil
		for i := range p.Rows {
			for _, name := range p.Rows[i].To {
				if !slices.Contains(all, name) {
					all = append(all, name)
				}
			}
		}
	}
	return all, r.confirm(ctx, "Send these letters?")
}

// claim takes the group.
func (r *redriving) claim(ctx context.Context, letters *redrive.Letters) (*kafka.Claim, error) {
	var partitions []int32
	for _, at := range letters.Peek.Ranges() {
		partitions = append(partitions, at.Partition)
	}
	c, err := kafka.OpenClaim(ctx, kafka.ClaimOptions{
		Connection: r.connection(), Group: r.group, Topic: r.topic, Partitions: partitions, Patience: r.timeout, Log: r.log,
		Waiting: func() {
			excerpt.Fprintf(r.c.ErrOrStderr(), "group %s has a member: waiting for another redrive to end\n", r.group)
		},
	})
	if err != nil {
		return nil, r.wrong(err)
	}
	return c, nil
}

// wrong says why the letters cannot be redriven.
func (r *redriving) wrong(err error) error {
	var occupied *kafka.Occupied
	switch {
	case errors.As(err, &occupied):
		return err
	case errors.Is(err, kafka.ErrClaimed):
		return fmt.Errorf("%w %s; wait for the other redrive to end, and run this one again: what has left the topic is not sent again", err, r.group)
	case errors.Is(err, kerr.GroupAuthorizationFailed):
		return fmt.Errorf("group %s may not be used; give the principal the rights READ and DESCRIBE on it", r.group)
	case errors.Is(err, redrive.ErrFull):
		remedy := "redrive those without filters, and then the rest"
		if len(r.reasons)+len(r.destinations)+len(r.rules) == 0 && r.since.IsZero() && r.until.IsZero() {
			remedy = "have a rule send or drop those, and redrive again"
		}
		return fmt.Errorf("%w: too many letters between are left out; nothing is lost, so %s", err, remedy)
	case errors.Is(err, kerr.OffsetMetadataTooLarge):
		return fmt.Errorf("the record of which letters have left the topic does not fit into the offset's metadata of group %s; set offset.metadata.max.bytes of the brokers to 4096 or more, or redrive without filters", r.group)
	}
	return liveError(r.cfg, r.topic, err)
}

// report prints what came of it.
func (r *redriving) report(result redrive.Result, failed error) error {
	if failed != nil && !errors.Is(failed, resend.ErrStopped) {
		failed = r.wrong(failed)
	}
	if !r.json {
		tellRedriven(r.tell, result)
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
