// Command floor is what the bridge is measured against: a loop that reads a Kafka topic and
// sends it to one queue or topic, without rules, tracking or metrics, written as an expert would
// write it by hand. It attaches the attributes that the bridge attaches, keeps a fixed number of
// requests in flight, sends failed entries again, and commits each second what is acknowledged
// without a gap.
//
//	floor -how raw -service sqs -broker 127.0.0.1:9092 -topic t -group g -endpoint http://… -target http://…/q
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"
)

// batchSize is the most entries that SQS and SNS take in a request.
const batchSize = 10

// settings are the flags.
type settings struct {
	how, service             string
	broker, topic, group     string
	endpoint, target, region string
	inFlight                 int
}

// sender sends a batch until all of it is acknowledged. It is used from many goroutines.
type sender interface {
	send(ctx context.Context, batch []*kgo.Record) error
}

func main() {
	var s settings
	flag.StringVar(&s.how, "how", "raw", "raw: net/http, a body built by hand and SigV4; sdk: the SDK's batch call")
	flag.StringVar(&s.service, "service", "sqs", "sqs or sns")
	flag.StringVar(&s.broker, "broker", "127.0.0.1:9092", "Kafka, host:port")
	flag.StringVar(&s.topic, "topic", "", "topic to read from its beginning")
	flag.StringVar(&s.group, "group", "floor", "consumer group")
	flag.StringVar(&s.endpoint, "endpoint", "", "base URL of the service")
	flag.StringVar(&s.target, "target", "", "URL of the queue, or ARN of the topic")
	flag.StringVar(&s.region, "region", "eu-west-1", "region to sign for")
	flag.IntVar(&s.inFlight, "in-flight", 128, "requests at once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, s)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func newSender(ctx context.Context, s settings) (sender, error) {
	switch s.how + " " + s.service {
	case "raw sqs":
		return newRaw(s, sqsWire{}), nil
	case "raw sns":
		return newRaw(s, snsWire{}), nil
	case "sdk sqs":
		return newSDKQueue(ctx, s)
	case "sdk sns":
		return newSDKTopic(ctx, s)
	}
	return nil, fmt.Errorf("-how %s -service %s: write raw or sdk, and sqs or sns", s.how, s.service)
}

// run reads, sends and commits until ctx ends, then lets what is in flight arrive.
func run(ctx context.Context, s settings) error {
	out, err := newSender(ctx, s)
	if err != nil {
		return err
	}
	cl, err := kgo.NewClient(kgo.SeedBrokers(s.broker), kgo.ConsumerGroup(s.group), kgo.ConsumeTopics(s.topic),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()), kgo.AutoCommitMarks(), kgo.FetchMaxPartitionBytes(1<<20))
	if err != nil {
		return err
	}
	defer cl.Close()
	polls := newPolls(cl)
	work := make(chan batch, s.inFlight)
	var workers sync.WaitGroup
	for range s.inFlight { // they end when work is closed
		workers.Go(func() {
			for b := range work {
				if err := out.send(context.WithoutCancel(ctx), b.records); err != nil {
					fmt.Fprintln(os.Stderr, "floor:", err)
					os.Exit(1)
				}
				b.poll.sent(len(b.records))
			}
		})
	}
	for ctx.Err() == nil {
		fetches := cl.PollRecords(ctx, 10000)
		records := fetches.Records()
		if len(records) == 0 {
			continue
		}
		p := polls.begin(records)
		for len(records) > 0 {
			n := min(batchSize, len(records))
			work <- batch{records[:n], p}
			records = records[n:]
		}
		polls.mark()
	}
	close(work)
	workers.Wait()
	polls.mark()
	return cl.CommitMarkedOffsets(context.Background())
}

// batch is what goes into one request.
type batch struct {
	records []*kgo.Record
	poll    *poll
}
