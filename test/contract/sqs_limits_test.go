package contract

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const mebibyte = 1 << 20

// failsAlone wants the entry "1" of a batch failed with a code, and the others
// stored.
func failsAlone(out *sqs.SendMessageBatchOutput, err error, code string) error {
	if err != nil {
		return fmt.Errorf("the whole call failed: %w", err)
	}
	if len(out.Failed) != 1 || aws.ToString(out.Failed[0].Id) != "1" {
		return fmt.Errorf("%d failed, %d successful, want entry 1 alone to fail", len(out.Failed), len(out.Successful))
	}
	f := out.Failed[0]
	if aws.ToString(f.Code) != code || !f.SenderFault {
		return fmt.Errorf("entry failed with %s (sender %v, %s), want %s", aws.ToString(f.Code), f.SenderFault, aws.ToString(f.Message), code)
	}
	return nil
}

func refusedBatch(e []types.SendMessageBatchRequestEntry, code string) func(*world) error {
	return onQueue(func(w *world, url string) error {
		_, err := w.batch(url, e)
		return refused(err, code)
	})
}

func withID(e []types.SendMessageBatchRequestEntry, i int, id string) []types.SendMessageBatchRequestEntry {
	e[i].Id = &id
	return e
}

// sized is a batch of two entries of n bytes in all.
func sized(n int) []types.SendMessageBatchRequestEntry {
	return entries(strings.Repeat("a", n/2), strings.Repeat("b", n-n/2))
}

var sqsLimitChecks = []check{
	{"sqs", "eleven entries are too many", refusedBatch(entries(strings.Split("abcdefghijk", "")...), "TooManyEntriesInBatchRequest")},
	{"sqs", "no entries are too few", refusedBatch([]types.SendMessageBatchRequestEntry{}, "EmptyBatchRequest")},
	{"sqs", "entry ids are distinct", refusedBatch(withID(entries("a", "b"), 1, "0"), "BatchEntryIdsNotDistinct")},
	{"sqs", "entry ids have no dots", refusedBatch(withID(entries("a"), 0, "a.b"), "InvalidBatchEntryId")},
	{"sqs", "entry ids have at most 80 characters", refusedBatch(withID(entries("a"), 0, strings.Repeat("i", 81)), "InvalidBatchEntryId")},
	{"sqs", "a batch may have a mebibyte", onQueue(func(w *world, url string) error {
		out, err := w.batch(url, sized(mebibyte))
		if err != nil || len(out.Successful) != 2 {
			return unexpected(err, "%+v", out)
		}
		return nil
	})},
	{"sqs", "a batch above a mebibyte is too long", refusedBatch(sized(mebibyte+1), "BatchRequestTooLong")},
	{"sqs", "size is counted in bytes", refusedBatch(entries(strings.Repeat("é", mebibyte/2+1)), "BatchRequestTooLong")},
	{"sqs", "attributes count as size", func(w *world) error {
		e := sized(mebibyte - 10)
		e[0].MessageAttributes = map[string]types.MessageAttributeValue{"name": stringAttribute("v")}
		return refusedBatch(e, "BatchRequestTooLong")(w)
	}},
	{"sqs", "an entry above the queue's limit fails alone", func(w *world) error {
		url, err := w.queue("", map[string]string{"MaximumMessageSize": "1024"})
		if err != nil {
			return err
		}
		out, err := w.batch(url, entries("a", strings.Repeat("b", 1025), strings.Repeat("c", 1024)))
		return failsAlone(out, err, "InvalidParameterValue")
	}},
	{"sqs", "a single message above the limit is an invalid value", onQueue(func(w *world, url string) error {
		_, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String(strings.Repeat("a", mebibyte+1))})
		return refused(err, "InvalidParameterValue")
	})},
	{"sqs", "an empty body is a missing parameter", onQueue(func(w *world, url string) error {
		_, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("")})
		return refused(err, "MissingParameter")
	})},
	{"sqs", "an entry with a bad character fails alone", onQueue(func(w *world, url string) error {
		out, err := w.batch(url, entries("a", "b\x01", "c"))
		if err := failsAlone(out, err, "InvalidMessageContents"); err != nil {
			return err
		}
		return w.holds(url, "a", "c")
	})},
	{"sqs", "a noncharacter is refused", onQueue(func(w *world, url string) error {
		_, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("a\uFFFE")})
		return refused(err, "InvalidMessageContents")
	})},
	{"sqs", "an entry with too long a delay fails alone", onQueue(func(w *world, url string) error {
		e := entries("a", "b")
		e[1].DelaySeconds = 901
		out, err := w.batch(url, e)
		return failsAlone(out, err, "InvalidParameterValue")
	})},
	{"sqs", "deduplication ids are refused by standard queues", onQueue(func(w *world, url string) error {
		_, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("a"), MessageDeduplicationId: aws.String("d")})
		return refused(err, "InvalidParameterValue")
	})},
	{"sqs", "a malformed receipt handle is refused", onQueue(func(w *world, url string) error {
		_, err := w.sqs.DeleteMessage(w, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: aws.String("nonsense")})
		return refused(err, "ReceiptHandleIsInvalid")
	})},
}

var attributeChecks = []check{
	{"sqs", "ten attributes are allowed", withAttributes(many(10), true)},
	{"sqs", "eleven attributes are too many", withAttributes(many(11), false)},
	{"sqs", "reserved attribute prefixes are refused", withAttributes(one("AWS.name", stringAttribute("v")), false)},
	{"sqs", "reserved attribute prefixes are refused in any case", withAttributes(one("amazoN.name", stringAttribute("v")), false)},
	{"sqs", "attribute names do not end with a dot", withAttributes(one("name.", stringAttribute("v")), false)},
	{"sqs", "attribute names do not begin with a dot", withAttributes(one(".name", stringAttribute("v")), false)},
	{"sqs", "attribute names have no two dots in a row", withAttributes(one("a..b", stringAttribute("v")), false)},
	{"sqs", "attribute names have no spaces", withAttributes(one("a b", stringAttribute("v")), false)},
	{"sqs", "attribute names have at most 256 characters", withAttributes(one(strings.Repeat("n", 257), stringAttribute("v")), false)},
	{"sqs", "attribute values are not empty", withAttributes(one("a", stringAttribute("")), false)},
	{"sqs", "attribute values have the characters of bodies", withAttributes(one("a", stringAttribute("\x01")), false)},
	{"sqs", "numbers are numbers", withAttributes(one("a", types.MessageAttributeValue{DataType: aws.String("Number"), StringValue: aws.String("one")}), false)},
	{"sqs", "attribute types begin with a known one", withAttributes(one("a", types.MessageAttributeValue{DataType: aws.String("Boolean"), StringValue: aws.String("true")}), false)},
}

func one(name string, v types.MessageAttributeValue) map[string]types.MessageAttributeValue {
	return map[string]types.MessageAttributeValue{name: v}
}

func many(n int) map[string]types.MessageAttributeValue {
	m := map[string]types.MessageAttributeValue{}
	for i := range n {
		m[fmt.Sprint("a", i)] = stringAttribute("v")
	}
	return m
}

func withAttributes(m map[string]types.MessageAttributeValue, allowed bool) func(*world) error {
	return onQueue(func(w *world, url string) error {
		_, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("x"), MessageAttributes: m})
		if allowed {
			return err
		}
		return refused(err, "InvalidParameterValue")
	})
}
