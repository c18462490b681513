package fake_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/sluice-bridge/sluice/fake"
)

func subscribe(t *testing.T, a *fake.AWS, topic, queue string, raw bool) {
	t.Helper()
	if _, err := a.Subscribe(a.Topic(topic), a.Queue(queue), raw); err != nil {
		t.Fatal(err)
	}
}

func publish(t *testing.T, c *sns.Client, in *sns.PublishInput) {
	t.Helper()
	if _, err := c.Publish(deadline(t), in); err != nil {
		t.Fatal(err)
	}
}

func text(v string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &v}
}

func TestTopicFansOutRawAndWrapped(t *testing.T) {
	a := start(t, fake.Options{Topics: []string{"t"}, Queues: []string{"raw", "wrapped"}})
	subscribe(t, a, "t", "raw", true)
	subscribe(t, a, "t", "wrapped", false)
	publish(t, snsClient(t, a), &sns.PublishInput{TopicArn: &a.Topic("t").ARN, Message: aws.String(`{"a":"<b>"}`), Subject: aws.String("s"),
		MessageGroupId:    aws.String("tenant"),
		MessageAttributes: map[string]types.MessageAttributeValue{"k": text("v"), "b": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}}}})
	raw := a.Queue("raw").Messages()[0]
	if raw.Body != `{"a":"<b>"}` || raw.Attributes["k"].String != "v" || !slices.Equal(raw.Attributes["b"].Binary, []byte{0, 255}) || raw.GroupID != "tenant" {
		t.Errorf("%+v", raw)
	}
	var envelope struct {
		Type, TopicArn, Subject, Message string
		MessageAttributes                map[string]struct{ Type, Value string }
	}
	body := a.Queue("wrapped").Messages()[0].Body
	if err := json.Unmarshal([]byte(body), &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope.Type != "Notification" || envelope.Message != raw.Body || envelope.Subject != "s" || envelope.MessageAttributes["b"].Value != "AP8=" {
		t.Error(body)
	}
}

func TestRawDeliveryLosesMoreThanTenAttributes(t *testing.T) {
	a := start(t, fake.Options{Topics: []string{"t"}, Queues: []string{"raw", "wrapped"}})
	subscribe(t, a, "t", "raw", true)
	subscribe(t, a, "t", "wrapped", false)
	many := map[string]types.MessageAttributeValue{}
	for i := range 11 {
		many[fmt.Sprint("a", i)] = text("v")
	}
	publish(t, snsClient(t, a), &sns.PublishInput{TopicArn: &a.Topic("t").ARN, Message: aws.String("x"), MessageAttributes: many})
	if a.Queue("raw").Count() != 0 || a.Queue("wrapped").Count() != 1 || len(a.Topic("t").Undelivered()) != 1 {
		t.Errorf("raw %d, wrapped %d, undelivered %v", a.Queue("raw").Count(), a.Queue("wrapped").Count(), a.Topic("t").Undelivered())
	}
}

func TestFIFOTopicKeepsOrderAndDropsDuplicates(t *testing.T) {
	a := start(t, fake.Options{Topics: []string{"t.fifo"}, Queues: []string{"q.fifo", "standard"}})
	subscribe(t, a, "t.fifo", "q.fifo", true)
	subscribe(t, a, "t.fifo", "standard", true)
	c := snsClient(t, a)
	in := &sns.PublishBatchInput{TopicArn: &a.Topic("t.fifo").ARN}
	for i := range 5 {
		id := fmt.Sprint(i)
		in.PublishBatchRequestEntries = append(in.PublishBatchRequestEntries, types.PublishBatchRequestEntry{
			Id: &id, Message: aws.String("m" + id), MessageGroupId: aws.String("g"), MessageDeduplicationId: aws.String("d" + id)})
	}
	var first string
	for range 2 {
		out, err := c.PublishBatch(deadline(t), in)
		if err != nil || len(out.Successful) != 5 || *out.Successful[0].SequenceNumber >= *out.Successful[4].SequenceNumber {
			t.Fatalf("%+v, %v", out, err)
		}
		if first == "" {
			first = *out.Successful[0].MessageId
		} else if first != *out.Successful[0].MessageId {
			t.Error("a duplicate got a new id")
		}
	}
	want := []string{"m0", "m1", "m2", "m3", "m4"}
	if got := bodies(a.Queue("q.fifo").Messages()); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := a.Queue("standard").Messages(); !slices.Equal(bodies(got), want) || got[0].GroupID != "" {
		t.Errorf("%+v", got)
	}
}

func TestSubscriptionFiltersAndRedrives(t *testing.T) {
	a := start(t, fake.Options{Topics: []string{"t"}, Queues: []string{"gold", "dead"}})
	c := snsClient(t, a)
	s, err := a.Subscribe(a.Topic("t"), a.Queue("gold"), true)
	if err != nil {
		t.Fatal(err)
	}
	set := func(name, value string) error {
		_, err := c.SetSubscriptionAttributes(deadline(t), &sns.SetSubscriptionAttributesInput{SubscriptionArn: &s.ARN, AttributeName: &name, AttributeValue: &value})
		return err
	}
	if err := set("FilterPolicy", `{"tier":[{"prefix":"g"}]}`); code(err) != "InvalidParameter" {
		t.Errorf("an operator that is not known: %v", err)
	}
	if err := set("FilterPolicy", `{"tier":["gold"]}`); err != nil {
		t.Fatal(err)
	}
	if err := set("RedrivePolicy", `{"deadLetterTargetArn":"`+a.Queue("dead").ARN+`"}`); err != nil {
		t.Fatal(err)
	}
	for _, tier := range []string{"gold", "silver"} {
		publish(t, c, &sns.PublishInput{TopicArn: &a.Topic("t").ARN, Message: &tier, MessageAttributes: map[string]types.MessageAttributeValue{"tier": text(tier)}})
	}
	if got := bodies(a.Queue("gold").Messages()); !slices.Equal(got, []string{"gold"}) {
		t.Errorf("%q", got)
	}
}

// One attribute that is no JSON string, and a subscription that filters by another one gets nothing; one
// that does not filter does.
func TestFilterDropsInvalidAttributes(t *testing.T) {
	a := start(t, fake.Options{Topics: []string{"t"}, Queues: []string{"filters", "all"}})
	c := snsClient(t, a)
	subscribe(t, a, "t", "all", true)
	if _, err := c.Subscribe(deadline(t), &sns.SubscribeInput{TopicArn: &a.Topic("t").ARN, Protocol: aws.String("sqs"), Endpoint: &a.Queue("filters").ARN,
		Attributes: map[string]string{"FilterPolicy": `{"tier":["gold"]}`}}); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"plain é/{}", `{"id":42}`, `C:\dir`, "a\tb"} {
		publish(t, c, &sns.PublishInput{TopicArn: &a.Topic("t").ARN, Message: &other,
			MessageAttributes: map[string]types.MessageAttributeValue{"tier": text("gold"), "other": text(other)}})
	}
	publish(t, c, &sns.PublishInput{TopicArn: &a.Topic("t").ARN, Message: aws.String("array"), MessageAttributes: map[string]types.MessageAttributeValue{
		"tier": text("gold"), "other": {DataType: aws.String("String.Array"), StringValue: aws.String(`["a"]`)}}})
	if n := a.Queue("filters").Count(); n != 2 || a.Queue("all").Count() != 5 || len(a.Topic("t").Undelivered()) != 3 {
		t.Errorf("%d arrived, %d without filter, undelivered: %v", n, a.Queue("all").Count(), a.Topic("t").Undelivered())
	}
}

func TestEntryFaultsFailOrDropEntriesOfATopic(t *testing.T) {
	a := start(t, fake.Options{Topics: []string{"t"}})
	c, topic := snsClient(t, a), a.Topic("t")
	bad := func(e fake.Entry) bool { return e.Attributes["tier"].String == "bad" }
	in := &sns.PublishBatchInput{TopicArn: &topic.ARN}
	for i, tier := range []string{"good", "bad"} {
		id := fmt.Sprint(i)
		in.PublishBatchRequestEntries = append(in.PublishBatchRequestEntries, types.PublishBatchRequestEntry{
			Id: &id, Message: &tier, MessageAttributes: map[string]types.MessageAttributeValue{"tier": text(tier)}})
	}
	h := a.Inject(fake.Fault{Service: fake.SNS, Target: "t", When: bad, Effect: fake.FailEntry("InternalError", false)})
	out, err := c.PublishBatch(deadline(t), in)
	if err != nil || len(out.Successful) != 1 || len(out.Failed) != 1 || *out.Failed[0].Id != "1" || out.Failed[0].SenderFault {
		t.Errorf("%+v, %v", out, err)
	}
	h.Remove()
	a.Inject(fake.Fault{When: bad, Effect: fake.DropEntry()})
	if out, err = c.PublishBatch(deadline(t), in); err != nil || len(out.Successful) != 1 || len(out.Failed) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
	if got := bodies(topic.Messages()); !slices.Equal(got, []string{"good", "good"}) {
		t.Errorf("%q", got)
	}
}
