// Command serve runs the embedded SQS, SNS and STS endpoint on its own, for AWS
// CLI, boto3 or a program under development:
//
//	go run ./fake/serve --addr 127.0.0.1:9324 --queue orders --queue ledger.fifo --topic alerts
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/sluice-bridge/sluice/fake"
)

// names is a flag that may be given several times.
type names []string

func (n *names) String() string     { return strings.Join(*n, ",") }
func (n *names) Set(v string) error { *n = append(*n, v); return nil }

func main() {
	var o fake.Options
	var queues, topics, subscriptions names
	flag.StringVar(&o.Addr, "addr", "127.0.0.1:9324", "address to listen on")
	flag.StringVar(&o.Region, "region", "eu-west-1", "region in ARNs")
	flag.StringVar(&o.Account, "account", "111122223333", "account in ARNs and URLs")
	flag.Var(&queues, "queue", "queue to create; may be repeated; FIFO when it ends in .fifo")
	flag.Var(&topics, "topic", "topic to create; may be repeated")
	flag.Var(&subscriptions, "subscribe", "topic=queue to connect, raw; may be repeated")
	count := flag.Bool("count-only", false, "count messages without keeping them, for load tests")
	flag.Parse()
	o.Queues, o.Topics = queues, topics
	if *count {
		o.Retain = fake.CountOnly
	}
	if err := run(o, subscriptions); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func run(o fake.Options, subscriptions []string) error {
	a, err := fake.StartAWS(o)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // the process ends
	fmt.Println("endpoint", a.URL)
	for _, name := range o.Queues {
		fmt.Println("queue   ", a.Queue(name).URL, a.Queue(name).ARN)
	}
	for _, name := range o.Topics {
		fmt.Println("topic   ", a.Topic(name).ARN)
	}
	for _, s := range subscriptions {
		from, to, _ := strings.Cut(s, "=")
		topic, queue := a.Topic(from), a.Queue(to)
		if topic == nil || queue == nil {
			return fmt.Errorf("subscribing %q: write topic=queue, with names given by --topic and --queue", s)
		}
		if _, err := a.Subscribe(topic, queue, true); err != nil {
			return err
		}
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	for _, name := range o.Queues {
		fmt.Println("accepted", name, a.Queue(name).Count())
	}
	return nil
}
