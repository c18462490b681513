package main

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"os"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/config"
)

const routeLong = `Explain where events go: which rules match, which do not and why, and what would be sent. It is
the code that the bridge runs; nothing is connected to and nothing is sent.

Events come from the arguments, from the lines of a file (-f), or from those of standard input.
An event is a JSON object:

  {"topic": "orders", "partition": 0, "offset": 42, "key": "a-1", "timestamp": 1767225600000,
   "headers": {"tenant": "acme"}, "value": {"type": "order.paid"}}

  topic          the only key that is needed
  value          any JSON, taken byte for byte as it is written; null is the four bytes null
  value_base64   a value that is no JSON; a record with neither is a tombstone
  key            a text, or null for none; key_base64 where it is not a text
  headers        texts, null for one without a value, a list for one that is repeated;
                 headers_base64 where they are not texts
  timestamp      milliseconds since 1970, or a time like "2026-01-31T00:00:00Z"; 1970 if left out
  partition, offset   0 if left out

With --topic each event is just the value, JSON or not, at the offsets 0, 1, 2 and so on.

With --json each event gives one line:

  {"outcome": "routed|unmatched|dropped|dead_letter", "rules": ["name"], "deliveries":
   [{"destination", "body_bytes", "attributes": {}, "group_id", "deduplication_id",
   "problems": []}], "errors": [{"rule", "error"}]}

A delivery with problems would become a dead letter. The limits are those of AWS: 1 MiB for SQS,
256 KiB for SNS unless the topic raises it.

Ids made from a record's place in Kafka begin with the ids of cluster and topic, which are not
known here: "cluster" and the topic's name stand for them.

An event that cannot be read is reported on standard error with its place, and has no line of
output; the exit code is 1 then.`

// routeOptions are the flags of sluice route.
type routeOptions struct {
	config, file, topic string
	json                bool
}

func newRoute() *cobra.Command {
	var o routeOptions
	c := &cobra.Command{
		Use:   "route [EVENT...]",
		Short: "Explain where events go",
		Long:  routeLong,
		Example: `  sluice route -c bridge.yaml '{"topic": "orders", "value": {"type": "order.paid"}}'
  sluice route -c bridge.yaml --topic orders '{"type": "order.paid"}'
  sluice route -c bridge.yaml --json -f events.ndjson | jq -c 'select(.outcome == "unmatched")'`,
		ValidArgsFunction: noFiles,
		RunE:              func(c *cobra.Command, args []string) error { return route(c, o, args) },
	}
	configFlag(c, &o.config)
	c.Flags().StringVarP(&o.file, "file", "f", "", "file with one event a line; - is standard input")
	c.Flags().StringVar(&o.topic, "topic", "", "events are bare values of this topic")
	c.Flags().BoolVar(&o.json, "json", false, "print a line of JSON for each event")
	_ = c.MarkFlagFilename("file") // for completion only
	_ = c.RegisterFlagCompletionFunc("topic", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return topicNames(o.config), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

func route(c *cobra.Command, o routeOptions, args []string) error {
	if o.file != "" && len(args) > 0 {
		return usagef("events come from -f or from the arguments; leave one of them out")
	}
	if c.Flags().Changed("topic") && !topicName.MatchString(o.topic) {
		return usagef("%q cannot be a topic of Kafka; write up to 249 letters, digits, dots, dashes and underscores after --topic", o.topic)
	}
	cfg, err := config.Load(o.config, os.Environ())
	if err != nil {
		return err
	}
	explainer, table, err := newExplainer(cfg)
	if err != nil {
		return err
	}
	defer explainer.Close()
	out := bufio.NewWriterSize(c.OutOrStdout(), 64<<10)
	events, done, err := o.inputs(c, args, out.Flush)
	if err != nil {
		return err
	}
	defer done()
	var p printer = newTextPrinter(out, cfg, table)
	if o.json {
		p = &jsonPrinter{out: out, table: table}
	}
	r := router{explainer: explainer, printer: p, events: eventReader{topic: o.topic}, stderr: c.ErrOrStderr()}
	err = r.run(events)
	p.end()
	if broken := out.Flush(); broken != nil {
		return fmt.Errorf("writing: %w", broken)
	}
	return err
}

var topicName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,249}$`)

// inputs opens what the events come from.
func (o routeOptions) inputs(c *cobra.Command, args []string, flush func() error) (events iter.Seq2[input, error], done func(), err error) {
	switch {
	case len(args) > 0:
		if _, err := os.Stat(args[0]); err == nil && o.topic == "" {
			return nil, nil, usagef("an argument is an event, and %s is a file; write -f %s to read it", args[0], args[0])
		}
		return argumentInputs(args), func() {}, nil
	case o.file == "" || o.file == "-":
		if isTerminal(c.InOrStdin()) {
			fmt.Fprintln(c.ErrOrStderr(), "Reading events, one a line; end with Ctrl-D. See sluice route --help.")
		}
		return lineInputs(c.InOrStdin(), "", flush), func() {}, nil
	}
	f, err := os.Open(o.file)
	if err != nil {
		return nil, nil, usagef("%s cannot be read (%s); name a file with one event a line after -f, or - for standard input", o.file, cause(err))
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, nil, usagef("%s is a directory; name a file with one event a line after -f, or - for standard input", o.file)
	}
	return lineInputs(f, o.file, flush), func() { f.Close() }, nil
}

// printer writes explanations.
type printer interface {
	print(x *bridge.Explanation) error
	end()
}

// router explains one event after the other.
type router struct {
	explainer *explainer
	printer   printer
	events    eventReader
	stderr    io.Writer
}

// placeholderCluster stands for the cluster's id, which is not known offline.
const placeholderCluster = "cluster"

func (r *router) run(events iter.Seq2[input, error]) error {
	var x bridge.Explanation
	unread := 0
	for in, err := range events {
		if err != nil {
			return fmt.Errorf("reading events: %w", err)
		}
		record, err := r.events.read(in)
		if err != nil {
			fmt.Fprintf(r.stderr, "%s: %v\n", in.place, err)
			unread++
			continue
		}
		origin := bridge.NewOrigin(placeholderCluster, record.Topic, [16]byte{})
		if err := r.explainer.Explain(record, origin, &x); err != nil {
			fmt.Fprintf(r.stderr, "%s: %v\n", in.place, err)
			unread++
			continue
		}
		if err := r.printer.print(&x); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	if unread > 0 {
		return silent{fmt.Errorf("%d events could not be read", unread)}
	}
	return nil
}

// topicNames are the topics that a configuration reads by name, for completion.
func topicNames(path string) []string {
	cfg, err := config.Load(path, os.Environ())
	if err != nil {
		return nil
	}
	var names []string
	for _, t := range cfg.Subscriptions() {
		if topicName.MatchString(t) {
			names = append(names, t)
		}
	}
	return names
}
