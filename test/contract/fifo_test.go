package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// onFIFO runs a check on a fresh FIFO queue.
func onFIFO(attributes map[string]string, run func(w *world, url string) error) func(*world) error {
	return func(w *world) error {
		url, err := w.queue(".fifo", attributes)
		if err != nil {
			return err
		}
		return run(w, url)
	}
}

// fifo sends one message; an empty id is left out.
func (w *world) fifo(url, group, dedup, body string) (*sqs.SendMessageOutput, error) {
	in := &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body}
	if group != "" {
		in.MessageGroupId = &group
	}
	if dedup != "" {
		in.MessageDeduplicationId = &dedup
	}
	return w.sqs.SendMessage(w, in)
}

func (w *world) allFIFO(url string, messages ...[3]string) error {
	for _, m := range messages {
		if _, err := w.fifo(url, m[0], m[1], m[2]); err != nil {
			return err
		}
	}
	return nil
}

func fifoEntries(bodies ...string) []types.SendMessageBatchRequestEntry {
	e := entries(bodies...)
	for i := range e {
		e[i].MessageGroupId, e[i].MessageDeduplicationId = aws.String("g"), aws.String("d"+bodies[i])
	}
	return e
}

func refusedFIFO(group, dedup string) func(*world) error {
	return onFIFO(nil, func(w *world, url string) error {
		_, err := w.fifo(url, group, dedup, "x")
		return refused(err, "InvalidParameterValue")
	})
}

var fifoChecks = []check{
	{"sqs", "a group id is required", onFIFO(nil, func(w *world, url string) error {
		_, err := w.fifo(url, "", "d", "x")
		return refused(err, "InvalidParameterValue", "MissingParameter")
	})},
	{"sqs", "a deduplication id is required", refusedFIFO("g", "")},
	{"sqs", "group ids have no spaces", refusedFIFO("a b", "d")},
	{"sqs", "group ids are ASCII", refusedFIFO("é", "d")},
	{"sqs", "group ids have at most 128 characters", refusedFIFO(strings.Repeat("g", 129), "d")},
	{"sqs", "deduplication ids have no spaces", refusedFIFO("g", "a b")},
	{"sqs", "deduplication ids have at most 128 characters", refusedFIFO("g", strings.Repeat("d", 129))},
	{"sqs", "ids may have punctuation", onFIFO(nil, func(w *world, url string) error {
		_, err := w.fifo(url, "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~\\", strings.Repeat("~", 128), "x")
		return err
	})},
	{"sqs", "one entry without a group id fails the call", onFIFO(nil, func(w *world, url string) error {
		e := fifoEntries("a", "b")
		e[1].MessageGroupId = nil
		_, err := w.batch(url, e)
		if err := refused(err, "InvalidParameterValue", "MissingParameter"); err != nil {
			return err
		}
		return w.holds(url)
	})},
	{"sqs", "one entry without a deduplication id fails the call", onFIFO(nil, func(w *world, url string) error {
		e := fifoEntries("a", "b")
		e[1].MessageDeduplicationId = nil
		_, err := w.batch(url, e)
		if err := refused(err, "InvalidParameterValue"); err != nil {
			return err
		}
		return w.holds(url)
	})},
	{"sqs", "an entry of a FIFO queue has no delay of its own", onFIFO(nil, func(w *world, url string) error {
		e := fifoEntries("a")
		e[0].DelaySeconds = 3
		out, err := w.batch(url, e)
		if err == nil && len(out.Failed) == 1 {
			return nil
		}
		return refused(err, "InvalidParameterValue")
	})},
	{"sqs", "a group comes in order and is locked in flight", onFIFO(nil, func(w *world, url string) error {
		if _, err := w.batch(url, fifoEntries("a", "b", "c")); err != nil {
			return err
		}
		out, err := w.sqs.ReceiveMessage(w, &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 1, VisibilityTimeout: 60})
		if err != nil || !slices.Equal(bodies(out.Messages), []string{"a"}) {
			return unexpected(err, "first %+v", out)
		}
		if err := w.holds(url); err != nil {
			return fmt.Errorf("with the group in flight: %w", err)
		}
		if _, err := w.sqs.DeleteMessage(w, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: out.Messages[0].ReceiptHandle}); err != nil {
			return err
		}
		got, err := w.receive(url)
		if err != nil || !slices.Equal(bodies(got), []string{"b", "c"}) {
			return unexpected(err, "then %q", bodies(got))
		}
		return nil
	})},
	{"sqs", "a duplicate is dropped and answered with the first id", onFIFO(nil, func(w *world, url string) error {
		first, err := w.fifo(url, "g", "d", "one")
		if err != nil {
			return err
		}
		second, err := w.fifo(url, "g", "d", "two")
		if err != nil {
			return err
		}
		if err := w.holds(url, "one"); err != nil {
			return err
		}
		if *first.MessageId != *second.MessageId {
			return fmt.Errorf("the duplicate got a new id")
		}
		return nil
	})},
	{"sqs", "deduplication survives a delete", onFIFO(nil, func(w *world, url string) error {
		if _, err := w.fifo(url, "g", "d", "one"); err != nil {
			return err
		}
		got, err := w.receive(url)
		if err != nil || len(got) != 1 {
			return unexpected(err, "received %d", len(got))
		}
		if _, err := w.sqs.DeleteMessage(w, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: got[0].ReceiptHandle}); err != nil {
			return err
		}
		if _, err := w.fifo(url, "g", "d", "one"); err != nil {
			return err
		}
		return w.holds(url)
	})},
	{"sqs", "deduplication spans groups", onFIFO(nil, func(w *world, url string) error {
		return step(
			func() error { return w.allFIFO(url, [3]string{"a", "d", "one"}, [3]string{"b", "d", "two"}) },
			func() error { return w.holds(url, "one") })
	})},
	{"sqs", "deduplication can be scoped to groups", onFIFO(map[string]string{"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"},
		func(w *world, url string) error {
			return step(
				func() error { return w.allFIFO(url, [3]string{"a", "d", "one"}, [3]string{"b", "d", "two"}) },
				func() error { return w.holds(url, "one", "two") })
		})},
	{"sqs", "deduplication by content looks at the body", onFIFO(map[string]string{"ContentBasedDeduplication": "true"}, func(w *world, url string) error {
		return step(
			func() error {
				return w.allFIFO(url, [3]string{"g", "", "one"}, [3]string{"g", "", "one"}, [3]string{"g", "", "two"})
			},
			func() error { return w.holds(url, "one", "two") })
	})},
	{"sqs", "sequence numbers are told and grow", onFIFO(nil, func(w *world, url string) error {
		// Ten, so that random numbers do not grow by chance.
		out, err := w.batch(url, fifoEntries(strings.Split("abcdefghij", "")...))
		if err != nil {
			return err
		}
		last := ""
		for _, s := range out.Successful {
			n := aws.ToString(s.SequenceNumber)
			if n == "" || len(n) < len(last) || len(n) == len(last) && n <= last {
				return fmt.Errorf("sequence number %q after %q", n, last)
			}
			last = n
		}
		return nil
	})},
}
