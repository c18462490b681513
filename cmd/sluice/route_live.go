package main

import (
	"context"
	"iter"
	"time"

	"github.com/spf13/cobra"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/forecast/event"
	"github.com/sluice-bridge/sluice/wiring"
)

// maxLast bounds what --last holds in memory: that many records of each partition.
const maxLast = 100_000

// defaultPatience is how long Kafka or a registry may keep silent.
const defaultPatience = 10 * time.Second

// liveOptions say which records to read from Kafka.
type liveOptions struct {
	last    int
	offsets []string
	from    string
	limit   int
	timeout time.Duration

	places []event.Position // read from offsets
	since  time.Time        // read from from
}

func (o *liveOptions) flags(c *cobra.Command) {
	c.Flags().IntVar(&o.last, "last", 0, "read the last so many records of --topic from Kafka")
	c.Flags().StringArrayVar(&o.offsets, "offset", nil, "read the record at PARTITION:OFFSET of --topic from Kafka")
	c.Flags().StringVar(&o.from, "from", "", "read the records of --topic since a time, or a duration ago, from Kafka")
	c.Flags().IntVar(&o.limit, "limit", 0, "stop after so many records of --from; 0 is no limit")
	c.Flags().DurationVar(&o.timeout, "timeout", defaultPatience, "how long Kafka or the schema registry may give no answer")
	for _, name := range []string{"last", "offset", "from", "limit", "timeout"} {
		_ = c.RegisterFlagCompletionFunc(name, noFiles) // for completion only
	}
}

// asked says whether records come from Kafka.
func (o *liveOptions) asked() bool { return o.last != 0 || len(o.offsets) > 0 || o.from != "" }

func (o *liveOptions) check(c *cobra.Command, route *routeOptions, args []string) (err error) {
	var asked []string
	for _, name := range []string{"last", "offset", "from"} {
		if c.Flags().Changed(name) {
			asked = append(asked, "--"+name)
		}
	}
	switch {
	case len(asked) > 1:
		return usagef("%s and %s choose records in two ways; leave one out", asked[0], asked[1])
	case c.Flags().Changed("limit") && o.from == "":
		return usagef("--limit is for --from; add that, or leave it out")
	case o.timeout <= 0:
		return usagef("--timeout is %v; write a time above zero, like 10s", o.timeout)
	case len(asked) == 0:
		return nil
	case route.topic == "":
		return usagef("%s reads from Kafka; name the topic with --topic", asked[0])
	case route.file != "" || len(args) > 0:
		return usagef("%s reads from Kafka; leave out the events that are written", asked[0])
	case o.limit < 0:
		return usagef("--limit is %d; write a number above zero", o.limit)
	}
	switch asked[0] {
	case "--last":
		if o.last < 1 || o.last > maxLast {
			return usagef("--last is %d; write a number from 1 to %d, or a time with --from", o.last, maxLast)
		}
	case "--offset":
		o.places, err = parsePositions(o.offsets)
	default:
		o.since, err = parseTime("--from", o.from, time.Now())
	}
	return err
}

// open connects to Kafka. Before it waits for more records it calls idle.
func (o *liveOptions) open(ctx context.Context, cfg *config.Config, topic string, idle func() error) (events iter.Seq2[event.Event, error], done func(), err error) {
	session, err := awsapi.NewSession(ctx, awsapi.SessionOptions{Region: cfg.AWS.Region})
	if err != nil {
		return nil, nil, err
	}
	p, err := kafka.OpenPeek(ctx, kafka.PeekOptions{
		Connection:      wiring.Connection(cfg, session),
		Topic:           topic,
		ReadUncommitted: cfg.Kafka.IsolationLevel == config.ReadUncommitted,
		Patience:        o.timeout,
	})
	if err != nil {
		return nil, nil, liveError(cfg, topic, err)
	}
	selection := event.Selection{Last: o.last, Offsets: o.places, Since: o.since, Limit: o.limit}
	return func(yield func(event.Event, error) bool) {
		for ev, err := range selection.Read(ctx, p, idle) {
			if err != nil {
				err = liveError(cfg, topic, err)
			}
			if !yield(ev, err) {
				return
			}
		}
	}, p.Close, nil
}
