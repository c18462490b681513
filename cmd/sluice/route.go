package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/forecast/event"
	"github.com/sluice-bridge/sluice/forecast/report"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

const routeLong = `Explain where events go: which rules match, which do not and why, and what would be sent. It is
the code that the bridge runs, and sends nothing.

Events come from the arguments, from the lines of a file (-f) or of standard input (no argument,
or -), or from Kafka. In arguments and lines an event is a JSON object:

  {"topic": "orders", "partition": 0, "offset": 42, "key": "a-1", "timestamp": 1767225600000,
   "headers": {"tenant": "acme"}, "value": {"type": "order.paid"}}

  topic          the only key that is needed
  value          any JSON, byte for byte as it is written; null is the four bytes null
  value_base64   a value that is not JSON; a record with neither is a tombstone
  key            a text, or null for none; key_base64 if it is not a text
  headers        texts, null for one without a value, a list for one that is repeated;
                 headers_base64 if they are not texts
  timestamp      milliseconds since 1970, -1 for none, or a time like "2026-01-31T00:00:00Z"; 1970 if left out
  partition, offset   0 if left out

With --topic alone each event is just the value, JSON or not, at the offsets 0, 1, 2 and so on.

With --topic and one of these, records are read from the brokers of the configuration, in no
consumer group, and nothing is committed:

  --last N                  the last N of the topic, all partitions together
  --offset PARTITION:OFFSET one record; may be repeated
  --from TIME               those since a time, or a duration ago (24h, 7d), up to now; --limit N

With --json each event gives one line:

  {"outcome": "routed|unmatched|dropped|dead_letter", "rules": ["name"], "deliveries":
   [{"destination", "body_bytes", "attributes": {}, "group_id", "deduplication_id", "subject",
   "problems": []}], "errors": [{"rule", "error"}], "topic", "partition", "offset"}

A value with a schema has "schema": {"name", "id", "subject", "version"} too, with "" and 0 for what
is not known.

A delivery with problems would become a dead letter; the outcome is dead_letter if all deliveries have
problems. An error without a rule comes from reading the value. The limits are those of AWS: 1 MiB for
SQS, 256 KiB for SNS unless the topic raises it.

Ids made from a record's position in Kafka begin with the ids of cluster and topic. For events that
are not read from Kafka, "cluster" and the topic's name are used instead.

With --diff only events are printed that another configuration file treats differently: another
destination, rule, attribute, id or body, or a topic that only one of the two reads. A summary
counts them. The exit code is 0 if nothing differs, else 1. With --json each event that differs is a
line, and the summary is the last one:

  {"topic", "partition", "offset", "changed": ["outcome"], "before": {…}, "after": {…}}
  {"events": 100, "differ": 2, "changes": [{"from": ["ledger"], "to": [], "events": 2}]}

Values of topics with schemas are decoded with the schema registry of the configuration. If it does
not answer within --timeout, the events that need it cannot be read.

An event that cannot be read is reported on standard error with its place, and has no line of output.
The exit code is then 1.`

// routeOptions are the flags of sluice route.
type routeOptions struct {
	config, file, topic string
	json                bool
	diff                string
	live                liveOptions
}

func newRoute() *cobra.Command {
	var o routeOptions
	c := &cobra.Command{
		Use:   "route [EVENT...]",
		Short: "Explain where events go",
		Long:  routeLong,
		Example: `  sluice route -c bridge.yaml '{"topic": "orders", "value": {"type": "order.paid"}}'
  sluice route -c bridge.yaml --topic orders '{"type": "order.paid"}'
  sluice route -c bridge.yaml --json -f events.ndjson | jq -c 'select(.outcome == "unmatched")'
  sluice route -c bridge.yaml --topic orders --offset 3:1234
  sluice route -c bridge.yaml --topic orders --last 1000 --diff new.yaml`,
		ValidArgsFunction: noFiles,
		RunE:              func(c *cobra.Command, args []string) error { return route(c, &o, args) },
	}
	configFlag(c, &o.config)
	c.Flags().StringVarP(&o.file, "file", "f", "", "file with one event a line; - is standard input")
	c.Flags().StringVar(&o.topic, "topic", "", "topic to read from, or that bare values belong to")
	c.Flags().BoolVar(&o.json, "json", false, "print a line of JSON for each event")
	c.Flags().StringVar(&o.diff, "diff", "", "print what goes elsewhere under this other configuration file")
	o.live.flags(c)
	_ = c.MarkFlagFilename("file")                // for completion only
	_ = c.MarkFlagFilename("diff", "yaml", "yml") // for completion only
	completeTopics(c, &o.config)
	return c
}

func route(c *cobra.Command, o *routeOptions, args []string) error {
	if err := o.check(c, args); err != nil {
		return err
	}
	cfg, err := config.Load(o.config, os.Environ())
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(c.OutOrStdout(), 64<<10)
	visitor, err := o.visitor(cfg, out)
	if err != nil {
		return err
	}
	defer visitor.Close()
	events, done, err := o.events(c, cfg, args, out.Flush)
	if err != nil {
		return err
	}
	defer done()
	unread, err := report.Visit(events, visitor, printUnread(c.ErrOrStderr()))
	differ, ended := visitor.End()
	if broken := out.Flush(); broken != nil {
		return fmt.Errorf("writing: %w", broken)
	}
	switch {
	case err != nil || ended != nil:
		return cmp.Or(err, ended)
	case unread > 0:
		return silent{fmt.Errorf("%d events could not be read", unread)}
	case differ > 0:
		return silent{errors.New("events go elsewhere")}
	}
	return nil
}

// printUnread prints on one line why an event cannot be read.
func printUnread(w io.Writer) func(at string, err error) {
	return func(at string, err error) {
		if errors.As(err, new(event.BareError)) {
			err = fmt.Errorf("%w, or give --topic for bare values", err)
		}
		excerpt.Fprintf(w, "%s: %v\n", at, err)
	}
}

func (o *routeOptions) check(c *cobra.Command, args []string) error {
	if o.file != "" && len(args) > 0 {
		return usagef("events come from -f or from the arguments; leave one of them out")
	}
	if c.Flags().Changed("topic") {
		if err := checkTopic(o.topic); err != nil {
			return err
		}
	}
	if c.Flags().Changed("diff") && o.diff == "" {
		return usagef("--diff names no file; write the configuration to compare with after it")
	}
	return o.live.check(c, o, args)
}

// visitor returns what is done with each event.
func (o *routeOptions) visitor(cfg *config.Config, out *bufio.Writer) (report.Visitor, error) {
	f, err := forecast.New(cfg, o.live.timeout, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case o.diff != "":
		return o.comparing(f, out)
	case o.json:
		return report.Explaining(f, &report.JSON{Out: out, Table: f.Table()}), nil
	}
	p := report.NewText(out, f)
	p.Live = o.live.asked()
	return report.Explaining(f, p), nil
}

// comparing compares with another configuration.
func (o *routeOptions) comparing(before *forecast.Forecaster, out *bufio.Writer) (report.Visitor, error) {
	other, err := config.Load(o.diff, os.Environ())
	if err != nil {
		before.Close()
		return nil, err
	}
	after, err := forecast.New(other, o.live.timeout, nil)
	if err != nil {
		before.Close()
		return nil, err
	}
	var p report.DiffPrinter = &report.DiffText{Out: out, Names: [2]string{o.config, o.diff}}
	if o.json {
		p = &report.DiffJSON{Out: out}
	}
	return report.Comparing(forecast.NewDiff(before, after), p), nil
}

// events opens what the events come from.
func (o *routeOptions) events(c *cobra.Command, cfg *config.Config, args []string, flush func() error) (events iter.Seq2[event.Event, error], done func(), err error) {
	if o.live.asked() {
		return event.Live(c.Context(), cfg, o.topic, o.live.selection, o.live.timeout, flush)
	}
	inputs, done, err := o.inputs(c, args, flush)
	if err != nil {
		return nil, nil, err
	}
	return (&event.Reader{Topic: o.topic}).Events(inputs), done, nil
}

// inputs opens what events are written in.
func (o *routeOptions) inputs(c *cobra.Command, args []string, flush func() error) (events iter.Seq2[event.Input, error], done func(), err error) {
	switch {
	case len(args) > 0 && !slices.Equal(args, []string{"-"}):
		if _, err := os.Stat(args[0]); err == nil && o.topic == "" {
			return nil, nil, usagef("an argument is an event, and %s is a file; write -f %s to read it", args[0], args[0])
		}
		return event.Arguments(args), func() {}, nil
	case o.file == "" || o.file == "-":
		if isTerminal(c.InOrStdin()) {
			excerpt.Fprintf(c.ErrOrStderr(), "Reading events, one a line; end with Ctrl-D. See sluice route --help.\n")
		}
		return event.Lines(c.InOrStdin(), "", flush), func() {}, nil
	}
	f, err := os.Open(o.file)
	if err != nil {
		return nil, nil, usagef("%s cannot be read (%s); name a file with one event a line after -f, or - for standard input", o.file, excerpt.Cause(err))
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, nil, usagef("%s is a directory; name a file with one event a line after -f, or - for standard input", o.file)
	}
	return event.Lines(f, o.file, flush), func() { f.Close() }, nil
}

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

	selection event.Selection // read from these
}

func (o *liveOptions) flags(c *cobra.Command) {
	c.Flags().IntVar(&o.last, "last", 0, "read the last so many records of --topic from Kafka")
	c.Flags().StringArrayVar(&o.offsets, "offset", nil, "read the record at PARTITION:OFFSET of --topic from Kafka")
	c.Flags().StringVar(&o.from, "from", "", "read the records of --topic since a time, or a duration ago, from Kafka")
	c.Flags().IntVar(&o.limit, "limit", 0, "stop after so many records of --from; 0 is no limit")
	c.Flags().DurationVar(&o.timeout, "timeout", defaultPatience, "give up when Kafka or the schema registry has not answered for this long")
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
	o.selection = event.Selection{Last: o.last, Limit: o.limit}
	switch asked[0] {
	case "--last":
		if o.last < 1 || o.last > maxLast {
			return usagef("--last is %d; write a number from 1 to %d, or a time with --from", o.last, maxLast)
		}
	case "--offset":
		for _, text := range o.offsets {
			at, ok := event.ParsePosition(text)
			if !ok {
				return usagef("%q is not a position in a topic; write PARTITION:OFFSET after --offset, like 3:1234", text)
			}
			o.selection.Offsets = append(o.selection.Offsets, at)
		}
	default:
		o.selection.Since, err = parseTime("--from", o.from, time.Now())
	}
	return err
}
