package fake_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/sluice-bridge/sluice/fake"
)

func sendFIFO(t *testing.T, c *sqs.Client, q *fake.Queue, group, dedup, body string) *sqs.SendMessageOutput {
	t.Helper()
	out, err := c.SendMessage(deadline(t), &sqs.SendMessageInput{QueueUrl: &q.URL, MessageBody: &body,
		MessageGroupId: &group, MessageDeduplicationId: &dedup})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func receive(t *testing.T, c *sqs.Client, q *fake.Queue, n int32) []types.Message {
	t.Helper()
	out, err := c.ReceiveMessage(deadline(t), &sqs.ReceiveMessageInput{QueueUrl: &q.URL, MaxNumberOfMessages: n,
		VisibilityTimeout: 30, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Messages
}

func remove(t *testing.T, c *sqs.Client, q *fake.Queue, messages ...types.Message) {
	t.Helper()
	for _, m := range messages {
		if _, err := c.DeleteMessage(deadline(t), &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: m.ReceiptHandle}); err != nil {
			t.Fatal(err)
		}
	}
}

func received(messages []types.Message) (out []string) {
	for _, m := range messages {
		out = append(out, *m.Body)
	}
	return out
}

func TestDuplicateIsAcceptedAndNotStored(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q.fifo"}})
	c, q := sqsClient(t, a), a.Queue("q.fifo")
	first := sendFIFO(t, c, q, "g", "d", "one")
	remove(t, c, q, receive(t, c, q, 1)...)
	again := sendFIFO(t, c, q, "g", "d", "other body")
	if *again.MessageId != *first.MessageId || *again.SequenceNumber != *first.SequenceNumber {
		t.Error("a duplicate after a delete is a new message")
	}
	if got := q.Messages(); len(got) != 1 || got[0].Arrivals != 2 {
		t.Errorf("%+v", got)
	}
}

func TestDeduplicationKeepsToItsScopeAndWindow(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q.fifo"}})
	grouped, err := a.CreateQueue("g.fifo", fake.QueueOptions{Attributes: map[string]string{"DeduplicationScope": "messageGroup"}})
	if err != nil {
		t.Fatal(err)
	}
	c, q := sqsClient(t, a), a.Queue("q.fifo")
	for _, group := range []string{"a", "b"} {
		sendFIFO(t, c, q, group, "d", "x")
		sendFIFO(t, c, grouped, group, "d", "x")
	}
	if q.Count() != 1 || grouped.Count() != 2 {
		t.Errorf("queue scope took %d, group scope %d", q.Count(), grouped.Count())
	}
	a.Advance(5*time.Minute - time.Second)
	if sendFIFO(t, c, q, "a", "d", "x"); q.Count() != 1 {
		t.Error("forgotten within the window")
	}
	a.Advance(2 * time.Second)
	if sendFIFO(t, c, q, "a", "d", "x"); q.Count() != 2 {
		t.Error("remembered beyond the window")
	}
}

func TestContentBasedDeduplicationDropsEqualBodies(t *testing.T) {
	a := start(t, fake.Options{})
	q, err := a.CreateQueue("q.fifo", fake.QueueOptions{Attributes: map[string]string{"ContentBasedDeduplication": "true"}})
	if err != nil {
		t.Fatal(err)
	}
	c := sqsClient(t, a)
	for _, body := range []string{"x", "x", "y"} {
		_, err := c.SendMessage(deadline(t), &sqs.SendMessageInput{QueueUrl: &q.URL, MessageBody: &body, MessageGroupId: aws.String("g")})
		if err != nil {
			t.Fatal(err)
		}
	}
	sendFIFO(t, c, q, "g", "explicit-wins", "x")
	if q.Count() != 3 {
		t.Errorf("%q", bodies(q.Messages()))
	}
}

func TestGroupIsReceivedInOrderAndLocked(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q.fifo"}})
	c, q := sqsClient(t, a), a.Queue("q.fifo")
	for _, m := range []string{"a1", "a2", "b1", "a3", "b2"} {
		sendFIFO(t, c, q, m[:1], m, m)
	}
	got := receive(t, c, q, 2)
	if !slices.Equal(received(got), []string{"a1", "a2"}) {
		t.Fatalf("first %q", received(got))
	}
	if other := receive(t, c, q, 10); !slices.Equal(received(other), []string{"b1", "b2"}) {
		t.Fatalf("with group a in flight: %q", received(other))
	}
	if none := receive(t, c, q, 10); len(none) != 0 {
		t.Fatalf("with both groups in flight: %q", received(none))
	}
	remove(t, c, q, got[0])
	a.Advance(31 * time.Second)
	rest := receive(t, c, q, 10)
	if !slices.Equal(received(rest), []string{"a2", "a3"}) && !slices.Equal(received(rest), []string{"a2", "a3", "b1", "b2"}) {
		t.Fatalf("after the timeout: %q", received(rest))
	}
	if _, err := c.DeleteMessage(deadline(t), &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: got[1].ReceiptHandle}); err == nil {
		t.Error("an expired handle deleted")
	}
}

func TestSequenceNumbersGrowWithEachMessage(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q.fifo"}})
	c, q := sqsClient(t, a), a.Queue("q.fifo")
	var last string
	for _, s := range send(t, c, batch(q, "a", "b", "c")).Successful {
		if len(*s.SequenceNumber) != 20 || *s.SequenceNumber <= last {
			t.Errorf("%s after %s", *s.SequenceNumber, last)
		}
		last = *s.SequenceNumber
	}
}

func TestOverlapsOfAGroupAreSeen(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q.fifo"}})
	q, gate := a.Queue("q.fifo"), make(chan struct{})
	h := a.Inject(fake.Fault{Effect: fake.Hold(gate)})
	var calls sync.WaitGroup
	for _, body := range []string{"1", "2"} {
		calls.Go(func() {
			if _, err := sqsClient(t, a).SendMessageBatch(deadline(t), batch(q, body)); err != nil {
				t.Error(err)
			}
		})
	}
	if err := h.WaitHits(deadline(t), 2); err != nil {
		t.Fatal(err)
	}
	close(gate)
	calls.Wait()
	if n, list := q.GroupOverlaps(); n != 1 || list[0].Group != "g" {
		t.Errorf("%d overlaps %v", n, list)
	}
	c := sqsClient(t, a)
	for _, body := range []string{"3", "4", "5"} {
		send(t, c, batch(q, body))
	}
	if n, _ := q.GroupOverlaps(); n != 1 || q.MaxGroupEntries() != 1 {
		t.Errorf("%d overlaps, %d entries of a group, one after the other", n, q.MaxGroupEntries())
	}
	if send(t, c, batch(q, "6", "7")); q.MaxGroupEntries() != 2 {
		t.Errorf("%d entries of a group", q.MaxGroupEntries())
	}
}

func TestLongPollWakesForAMessage(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	c, q := sqsClient(t, a), a.Queue("q")
	got := make(chan []string, 1)
	go func() {
		out, err := sqsClient(t, a).ReceiveMessage(deadline(t), &sqs.ReceiveMessageInput{QueueUrl: &q.URL, WaitTimeSeconds: 20})
		if err != nil {
			t.Error(err)
			got <- nil
			return
		}
		got <- received(out.Messages)
	}()
	send(t, c, batch(q, "x"))
	select {
	case bodies := <-got:
		if !slices.Equal(bodies, []string{"x"}) {
			t.Errorf("%q", bodies)
		}
	case <-deadline(t).Done():
		t.Error("the poll did not wake")
	}
}

func TestQueueKeepsVisibilityDelayAndRedrive(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"dead"}})
	q, err := a.CreateQueue("q", fake.QueueOptions{Attributes: map[string]string{
		"DelaySeconds":  "10",
		"RedrivePolicy": `{"deadLetterTargetArn":"` + a.Queue("dead").ARN + `","maxReceiveCount":"2"}`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	c := sqsClient(t, a)
	send(t, c, batch(q, "x"))
	if got := receive(t, c, q, 1); len(got) != 0 {
		t.Fatal("received before its delay was over")
	}
	a.Advance(11 * time.Second)
	for i := range 2 {
		got := receive(t, c, q, 1)
		if len(got) != 1 {
			t.Fatalf("receive %d: %q", i, received(got))
		}
		_, err := c.ChangeMessageVisibility(deadline(t), &sqs.ChangeMessageVisibilityInput{QueueUrl: &q.URL, ReceiptHandle: got[0].ReceiptHandle})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := receive(t, c, q, 1); len(got) != 0 {
		t.Fatal("received more often than maxReceiveCount")
	}
	if err := a.Queue("dead").WaitCount(deadline(t), 1); err != nil {
		t.Fatal(err)
	}
}

func TestWaitCountEndsWithItsContext(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	ctx, cancel := context.WithCancel(deadline(t))
	cancel()
	if err := a.Queue("q").WaitCount(ctx, 1); err == nil {
		t.Error("no error")
	}
}
