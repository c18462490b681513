package contract

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// entries makes batch entries with ids "0", "1", ….
func entries(bodies ...string) (out []types.SendMessageBatchRequestEntry) {
	for i, b := range bodies {
		out = append(out, types.SendMessageBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), MessageBody: aws.String(b)})
	}
	return out
}

func (w *world) batch(url string, e []types.SendMessageBatchRequestEntry) (*sqs.SendMessageBatchOutput, error) {
	return w.sqs.SendMessageBatch(w, &sqs.SendMessageBatchInput{QueueUrl: &url, Entries: e})
}

// onQueue runs a check on a fresh standard queue.
func onQueue(run func(w *world, url string) error) func(*world) error {
	return func(w *world) error {
		url, err := w.queue("", nil)
		if err != nil {
			return err
		}
		return run(w, url)
	}
}

func stringAttribute(v string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &v}
}

const traceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

var sqsChecks = []check{
	{"sqs", "bodies come out as they went in", onQueue(func(w *world, url string) error {
		want := []string{"plain", "{\"a\":\"\\u00e9 \\\\ /\"}", "é ü 漢字 😀 \uFFFD", "tab\tline\nreturn\r", " "}
		if _, err := w.batch(url, entries(want...)); err != nil {
			return err
		}
		return w.holds(url, want...)
	})},
	{"sqs", "attributes come out as they went in", onQueue(func(w *world, url string) error {
		in := map[string]types.MessageAttributeValue{
			"text": stringAttribute("é"), "custom": {DataType: aws.String("String.json"), StringValue: aws.String("{}")},
			"number": {DataType: aws.String("Number"), StringValue: aws.String("42")},
			"bytes":  {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255, 7}},
		}
		sent, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("x"), MessageAttributes: in})
		if err != nil {
			return err
		}
		if got, want := aws.ToString(sent.MD5OfMessageAttributes), digest(in); got != want {
			return fmt.Errorf("digest of the attributes is %s, want %s", got, want)
		}
		got, err := w.receive(url)
		if err != nil || len(got) != 1 {
			return unexpected(err, "received %d messages", len(got))
		}
		for name, v := range in {
			g := got[0].MessageAttributes[name]
			if aws.ToString(g.DataType) != *v.DataType || aws.ToString(g.StringValue) != aws.ToString(v.StringValue) || !slices.Equal(g.BinaryValue, v.BinaryValue) {
				return fmt.Errorf("attribute %s came out as %+v", name, g)
			}
		}
		return nil
	})},
	{"sqs", "trace header is kept in batches", onQueue(func(w *world, url string) error {
		e := entries("x")
		e[0].MessageSystemAttributes = map[string]types.MessageSystemAttributeValue{
			"AWSTraceHeader": {DataType: aws.String("String"), StringValue: aws.String(traceHeader)}}
		if _, err := w.batch(url, e); err != nil {
			return err
		}
		got, err := w.receive(url)
		if err != nil || len(got) != 1 || got[0].Attributes["AWSTraceHeader"] != traceHeader {
			return unexpected(err, "received %+v", got)
		}
		return nil
	})},
	{"sqs", "group id on a standard queue is kept", onQueue(func(w *world, url string) error {
		e := entries("x")
		e[0].MessageGroupId = aws.String("tenant")
		out, err := w.batch(url, e)
		if err != nil {
			return err
		}
		if len(out.Failed) > 0 {
			return fmt.Errorf("failed: %s", aws.ToString(out.Failed[0].Message))
		}
		got, err := w.receive(url)
		if err != nil || len(got) != 1 || got[0].Attributes["MessageGroupId"] != "tenant" {
			return unexpected(err, "received %+v", got)
		}
		return nil
	})},
	{"sqs", "missing queue has both spellings", func(w *world) error {
		url, err := w.queue("", nil)
		if err != nil {
			return err
		}
		url = strings.Replace(url, "/c", "/gone-c", 1)
		_, err = w.batch(url, entries("x"))
		var missing *types.QueueDoesNotExist
		if !errors.As(err, &missing) {
			return unexpected(err, "no such error")
		}
		if missing.ErrorCode() != "AWS.SimpleQueueService.NonExistentQueue" {
			return fmt.Errorf("the code is %s", missing.ErrorCode())
		}
		return nil
	}},
	{"sqs", "queue url is found by name", func(w *world) error {
		url, err := w.queue("", nil)
		if err != nil {
			return err
		}
		got, err := w.sqs.GetQueueUrl(w, &sqs.GetQueueUrlInput{QueueName: aws.String(url[strings.LastIndex(url, "/")+1:])})
		if err != nil || *got.QueueUrl != url {
			return unexpected(err, "got %+v", got)
		}
		_, err = w.sqs.GetQueueUrl(w, &sqs.GetQueueUrlInput{QueueName: aws.String(name(""))})
		return refused(err, "NonExistentQueue", "QueueDoesNotExist")
	}},
	{"sqs", "maximum message size can be read", func(w *world) error {
		url, err := w.queue("", map[string]string{"MaximumMessageSize": "2048"})
		if err != nil {
			return err
		}
		out, err := w.sqs.GetQueueAttributes(w, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{"All"}})
		if err != nil || out.Attributes["MaximumMessageSize"] != "2048" {
			return unexpected(err, "attributes %+v", out)
		}
		return nil
	}},
	{"sqs", "a message in flight is hidden until its visibility ends", onQueue(func(w *world, url string) error {
		if _, err := w.batch(url, entries("x")); err != nil {
			return err
		}
		got, err := w.receive(url)
		if err != nil || len(got) != 1 {
			return unexpected(err, "received %d", len(got))
		}
		if err := w.holds(url); err != nil {
			return err
		}
		if _, err := w.sqs.ChangeMessageVisibility(w, &sqs.ChangeMessageVisibilityInput{QueueUrl: &url, ReceiptHandle: got[0].ReceiptHandle}); err != nil {
			return err
		}
		return w.holds(url, "x")
	})},
	{"sqs", "a deleted message does not come again", onQueue(func(w *world, url string) error {
		if _, err := w.batch(url, entries("x", "y")); err != nil {
			return err
		}
		got, err := w.receive(url)
		if err != nil || len(got) == 0 {
			return fmt.Errorf("received nothing: %w", err)
		}
		del := &sqs.DeleteMessageBatchInput{QueueUrl: &url}
		for i, m := range got {
			del.Entries = append(del.Entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), ReceiptHandle: m.ReceiptHandle})
		}
		out, err := w.sqs.DeleteMessageBatch(w, del)
		if err != nil || len(out.Successful) != len(got) {
			return unexpected(err, "deleting: %+v", out)
		}
		attributes, err := w.sqs.GetQueueAttributes(w, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{"All"}})
		if err != nil {
			return err
		}
		if n := attributes.Attributes["ApproximateNumberOfMessagesNotVisible"]; n != "0" {
			return fmt.Errorf("%s messages still in flight", n)
		}
		return nil
	})},
	{"sqs", "creating a queue again returns it", onQueue(func(w *world, url string) error {
		n := url[strings.LastIndex(url, "/")+1:]
		out, err := w.sqs.CreateQueue(w, &sqs.CreateQueueInput{QueueName: &n})
		if err != nil || *out.QueueUrl != url {
			return unexpected(err, "got %+v", out)
		}
		_, err = w.sqs.CreateQueue(w, &sqs.CreateQueueInput{QueueName: &n, Attributes: map[string]string{"VisibilityTimeout": "77"}})
		return refused(err, "QueueAlreadyExists", "QueueNameExists")
	})},
	{"sqs", "purging empties", onQueue(func(w *world, url string) error {
		if _, err := w.batch(url, entries("x")); err != nil {
			return err
		}
		if _, err := w.sqs.PurgeQueue(w, &sqs.PurgeQueueInput{QueueUrl: &url}); err != nil {
			return err
		}
		return w.holds(url)
	})},
}

// digest is the documented digest of attributes, written independently of the
// endpoint.
func digest(in map[string]types.MessageAttributeValue) string {
	var names []string
	for n := range in {
		names = append(names, n)
	}
	slices.Sort(names)
	h := md5.New()
	put := func(b []byte) {
		_ = binary.Write(h, binary.BigEndian, uint32(len(b)))
		h.Write(b)
	}
	for _, n := range names {
		put([]byte(n))
		put([]byte(*in[n].DataType))
		if in[n].BinaryValue != nil {
			h.Write([]byte{2})
			put(in[n].BinaryValue)
		} else {
			h.Write([]byte{1})
			put([]byte(*in[n].StringValue))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
