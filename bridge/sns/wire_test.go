package sns_test

import (
	"context"
	"net/url"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/bridge/sns"
)

// capture sends the same batch by the sink and by the SDK's client and returns both requests.
func capture(t *testing.T, batch []*message.Message, path string) (ours, theirs sinktest.Captured) {
	t.Helper()
	endpoint, requests := sinktest.Capture(t, sinktest.SNS{}.Results(nil))
	session, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	client, err := session.Client(awsapi.Target{Service: awsapi.SNS, Endpoint: endpoint + path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Release)
	if f := sns.NewOn(client, topic).Send(context.Background(), batch, make([]*sink.Failure, len(batch))); f != nil {
		t.Fatal(f)
	}
	ours = <-requests
	if _, err := client.SNS.PublishBatch(context.Background(), sdkInput(batch)); err != nil {
		t.Fatal(err)
	}
	return ours, <-requests
}

func TestRequestIsThatOfTheSDK(t *testing.T) {
	batch := sinktest.Awkward()
	for _, m := range batch {
		m.Attributes = m.Attributes[:min(1, len(m.Attributes))] // the SDK's order of more is random
	}
	ours, theirs := capture(t, batch, "")
	a, err := url.ParseQuery(string(ours.Body))
	if err != nil {
		t.Fatal(err)
	}
	b, err := url.ParseQuery(string(theirs.Body))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("forms differ:\n%s\n%s", ours.Body, theirs.Body)
	}
	for _, name := range []string{"Content-Type", "X-Amz-Security-Token"} {
		if got, want := ours.Request.Header.Get(name), theirs.Request.Header.Get(name); got != want || got == "" {
			t.Errorf("%s: %q, the SDK sends %q", name, got, want)
		}
	}
	if ours.Request.Method != theirs.Request.Method || ours.Request.URL.Path != theirs.Request.URL.Path || ours.Request.Proto != "HTTP/1.1" {
		t.Errorf("%s %s %s, the SDK sends %s %s", ours.Request.Proto, ours.Request.Method, ours.Request.URL.Path, theirs.Request.Method, theirs.Request.URL.Path)
	}
}

func TestSignatureVerifiesForEachPath(t *testing.T) {
	for _, path := range []string{"", "/some/path", "/with%20space/"} {
		ours, _ := capture(t, sinktest.Awkward(), path)
		sinktest.VerifySignature(t, ours, "sns", "eu-west-1")
	}
}

// sdkInput is a batch as a user of the SDK writes it.
func sdkInput(batch []*message.Message) *sdk.PublishBatchInput {
	optional := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	in := &sdk.PublishBatchInput{TopicArn: aws.String(topic)}
	for i, m := range batch {
		e := types.PublishBatchRequestEntry{
			Id:                     aws.String(string(rune('0' + i))),
			Message:                aws.String(string(m.Body)),
			Subject:                optional(m.Subject),
			MessageGroupId:         optional(m.GroupID),
			MessageDeduplicationId: optional(m.DeduplicationID),
		}
		for _, a := range m.Attributes {
			if e.MessageAttributes == nil {
				e.MessageAttributes = map[string]types.MessageAttributeValue{}
			}
			e.MessageAttributes[a.Name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(a.Value)}
		}
		in.PublishBatchRequestEntries = append(in.PublishBatchRequestEntries, e)
	}
	return in
}
