package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// topic makes a topic that is deleted with the test.
func (w *world) topic(suffix string, attributes map[string]string) (string, error) {
	all := map[string]string{}
	for k, v := range attributes {
		all[k] = v
	}
	if suffix == ".fifo" {
		all["FifoTopic"] = "true"
	}
	out, err := w.sns.CreateTopic(w, &sns.CreateTopicInput{Name: aws.String(name(suffix)), Attributes: all})
	if err != nil {
		return "", fmt.Errorf("creating the check's topic: %w", err)
	}
	w.t.Cleanup(func() {
		_, _ = w.sns.DeleteTopic(context.WithoutCancel(w), &sns.DeleteTopicInput{TopicArn: out.TopicArn})
	})
	return *out.TopicArn, nil
}

// pair is a topic and a queue subscribed to it.
type pair struct{ topic, queue string }

func (w *world) pair(suffix, queueSuffix string, raw bool, attributes map[string]string) (p pair, err error) {
	if p.topic, err = w.topic(suffix, attributes); err != nil {
		return p, err
	}
	if p.queue, err = w.queue(queueSuffix, nil); err != nil {
		return p, err
	}
	arn, err := w.arn(p.queue)
	if err != nil {
		return p, err
	}
	_, err = w.sns.Subscribe(w, &sns.SubscribeInput{TopicArn: &p.topic, Protocol: aws.String("sqs"), Endpoint: &arn,
		Attributes: map[string]string{"RawMessageDelivery": fmt.Sprint(raw)}})
	return p, err
}

// onPair runs a check on a standard topic with a queue.
func onPair(raw bool, run func(w *world, p pair) error) func(*world) error {
	return func(w *world) error {
		p, err := w.pair("", "", raw, nil)
		if err != nil {
			return err
		}
		return run(w, p)
	}
}

func snsText(v string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &v}
}

// received publishes, and returns the one message that the queue gets.
func (w *world) received(p pair, in *sns.PublishInput) (m sqstypes.Message, err error) {
	in.TopicArn = &p.topic
	if _, err := w.sns.Publish(w, in); err != nil {
		return m, err
	}
	got, err := w.receive(p.queue)
	if err != nil {
		return m, err
	}
	if len(got) != 1 {
		return m, fmt.Errorf("the queue got %d messages", len(got))
	}
	return got[0], nil
}

var snsChecks = []check{
	{"sns", "raw delivery keeps body and attributes", onPair(true, func(w *world, p pair) error {
		m, err := w.received(p, &sns.PublishInput{Message: aws.String(`{"a":"é < & >"}`), MessageAttributes: map[string]types.MessageAttributeValue{"k": snsText("v")}})
		if err != nil {
			return err
		}
		if *m.Body != `{"a":"é < & >"}` || aws.ToString(m.MessageAttributes["k"].StringValue) != "v" {
			return fmt.Errorf("got %s with %+v", *m.Body, m.MessageAttributes)
		}
		return nil
	})},
	{"sns", "raw delivery keeps binary attributes", onPair(true, func(w *world, p pair) error {
		m, err := w.received(p, &sns.PublishInput{Message: aws.String("x"), MessageAttributes: map[string]types.MessageAttributeValue{
			"b": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}}}})
		if err != nil {
			return err
		}
		if !slices.Equal(m.MessageAttributes["b"].BinaryValue, []byte{0, 255}) {
			return fmt.Errorf("got %+v", m.MessageAttributes)
		}
		return nil
	})},
	{"sns", "raw delivery discards more than ten attributes", onPair(true, func(w *world, p pair) error {
		attributes := map[string]types.MessageAttributeValue{}
		for i := range 11 {
			attributes[fmt.Sprint("a", i)] = snsText("v")
		}
		if _, err := w.sns.Publish(w, &sns.PublishInput{TopicArn: &p.topic, Message: aws.String("x"), MessageAttributes: attributes}); err != nil {
			return err
		}
		return w.holds(p.queue)
	})},
	{"sns", "the envelope holds message and attributes", onPair(false, func(w *world, p pair) error {
		m, err := w.received(p, &sns.PublishInput{Message: aws.String(`{"a":1}`), Subject: aws.String("s"),
			MessageAttributes: map[string]types.MessageAttributeValue{"k": snsText("v")}})
		if err != nil {
			return err
		}
		var v struct {
			Type, MessageID, TopicArn, Subject, Message, Timestamp, SignatureVersion string
			MessageAttributes                                                        map[string]struct{ Type, Value string }
		}
		if err := json.Unmarshal([]byte(*m.Body), &v); err != nil {
			return err
		}
		if v.Type != "Notification" || v.TopicArn != p.topic || v.Subject != "s" || v.Message != `{"a":1}` || v.MessageID == "" ||
			v.Timestamp == "" || v.SignatureVersion == "" || v.MessageAttributes["k"].Type != "String" || v.MessageAttributes["k"].Value != "v" {
			return fmt.Errorf("envelope %s", *m.Body)
		}
		return nil
	})},
	{"sns", "a json structure drops attributes", onPair(true, func(w *world, p pair) error {
		m, err := w.received(p, &sns.PublishInput{Message: aws.String(`{"default":"d","sqs":"q"}`), MessageStructure: aws.String("json"),
			MessageAttributes: map[string]types.MessageAttributeValue{"k": snsText("v")}})
		if err != nil {
			return err
		}
		if *m.Body != "q" || len(m.MessageAttributes) != 0 {
			return fmt.Errorf("got %s with %+v", *m.Body, m.MessageAttributes)
		}
		return nil
	})},
	{"sns", "a standard topic forwards group ids", onPair(true, func(w *world, p pair) error {
		m, err := w.received(p, &sns.PublishInput{Message: aws.String("x"), MessageGroupId: aws.String("tenant")})
		if err == nil && m.Attributes["MessageGroupId"] != "tenant" {
			err = fmt.Errorf("got %+v", m.Attributes)
		}
		return err
	})},
	{"sns", "a filter passes exact values only", onPair(true, func(w *world, p pair) error {
		subs, err := w.sns.ListSubscriptionsByTopic(w, &sns.ListSubscriptionsByTopicInput{TopicArn: &p.topic})
		if err != nil {
			return err
		}
		if _, err := w.sns.SetSubscriptionAttributes(w, &sns.SetSubscriptionAttributesInput{SubscriptionArn: subs.Subscriptions[0].SubscriptionArn,
			AttributeName: aws.String("FilterPolicy"), AttributeValue: aws.String(`{"tier":["gold","silver"]}`)}); err != nil {
			return err
		}
		for _, tier := range []string{"gold", "golden", "silver"} {
			if _, err := w.sns.Publish(w, &sns.PublishInput{TopicArn: &p.topic, Message: &tier, MessageAttributes: map[string]types.MessageAttributeValue{"tier": snsText(tier)}}); err != nil {
				return err
			}
		}
		return w.holds(p.queue, "gold", "silver")
	})},
	{"sns", "a deleted subscriber does not fail the publisher", onPair(true, func(w *world, p pair) error {
		if _, err := w.sqs.DeleteQueue(w, &sqs.DeleteQueueInput{QueueUrl: &p.queue}); err != nil {
			return err
		}
		_, err := w.sns.Publish(w, &sns.PublishInput{TopicArn: &p.topic, Message: aws.String("x")})
		return err
	})},
	{"sns", "a batch answers for every entry when a subscriber is gone", onPair(true, func(w *world, p pair) error {
		if _, err := w.sqs.DeleteQueue(w, &sqs.DeleteQueueInput{QueueUrl: &p.queue}); err != nil {
			return err
		}
		out, err := w.sns.PublishBatch(w, &sns.PublishBatchInput{TopicArn: &p.topic, PublishBatchRequestEntries: publishEntries("a", "b")})
		if err == nil && len(out.Successful)+len(out.Failed) != 2 {
			err = fmt.Errorf("%d successful, %d failed", len(out.Successful), len(out.Failed))
		}
		return err
	})},
	{"sns", "a batch reaches the queue", onPair(true, func(w *world, p pair) error {
		out, err := w.sns.PublishBatch(w, &sns.PublishBatchInput{TopicArn: &p.topic, PublishBatchRequestEntries: publishEntries("a", "b", "c")})
		if err != nil || len(out.Successful) != 3 {
			return unexpected(err, "%+v", out)
		}
		return w.holds(p.queue, "a", "b", "c")
	})},
	{"sns", "a FIFO topic keeps order and drops duplicates", func(w *world) error {
		p, err := w.pair(".fifo", ".fifo", true, nil)
		if err != nil {
			return err
		}
		for range 2 {
			if _, err := w.sns.PublishBatch(w, &sns.PublishBatchInput{TopicArn: &p.topic, PublishBatchRequestEntries: fifoPublish("a", "b", "c")}); err != nil {
				return err
			}
		}
		got, err := w.receive(p.queue)
		if err == nil && !slices.Equal(bodies(got), []string{"a", "b", "c"}) {
			err = fmt.Errorf("got %q", bodies(got))
		}
		return err
	}},
	{"sns", "a FIFO topic tells sequence numbers", func(w *world) error {
		topic, err := w.topic(".fifo", nil)
		if err != nil {
			return err
		}
		out, err := w.sns.PublishBatch(w, &sns.PublishBatchInput{TopicArn: &topic, PublishBatchRequestEntries: fifoPublish("a", "b")})
		if err == nil && (len(out.Successful) != 2 || aws.ToString(out.Successful[0].SequenceNumber) >= aws.ToString(out.Successful[1].SequenceNumber)) {
			err = fmt.Errorf("%+v", out.Successful)
		}
		return err
	}},
	{"sns", "a FIFO queue cannot subscribe to a standard topic", func(w *world) error {
		_, err := w.pair("", ".fifo", true, nil)
		return refused(err, "InvalidParameter")
	}},
}

func publishEntries(bodies ...string) (out []types.PublishBatchRequestEntry) {
	for i, b := range bodies {
		out = append(out, types.PublishBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), Message: aws.String(b)})
	}
	return out
}

func fifoPublish(bodies ...string) []types.PublishBatchRequestEntry {
	e := publishEntries(bodies...)
	for i := range e {
		e[i].MessageGroupId, e[i].MessageDeduplicationId = aws.String("g"), aws.String("d"+bodies[i])
	}
	return e
}
