package sns_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	snsapi "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/sluice-bridge/sluice/attribute"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/fake"
)

const account = "arn:aws:sns:eu-west-1:111122223333:"

func startFake(t *testing.T) *fake.AWS {
	t.Helper()
	return sinktest.StartFake(t, fake.Options{Topics: []string{"alerts", "ledger.fifo"}})
}

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestMessagesArriveAtATopic(t *testing.T) {
	far := startFake(t)
	for _, name := range []string{"alerts", "ledger.fifo"} {
		to := newSink(t, account+name, far.URL)
		defer to.Close()
		limits, err := to.Open(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		if limits != (sink.Limits{MaxMessageBytes: 256 << 10, MaxBatchBytes: 256 << 10}) {
			t.Errorf("limits %+v", limits)
		}
		batch := sinktest.BenchBatch(100)
		for i, m := range batch {
			m.Subject = fmt.Sprint("order ", i, " & more")
			if strings.HasSuffix(name, ".fifo") {
				m.GroupID, m.DeduplicationID = "g", fmt.Sprint(i)
			}
		}
		results := make([]*sink.Failure, len(batch))
		if f := to.Send(bounded(t), batch, results); f != nil {
			t.Fatal(f)
		}
		got := far.Topic(name).Messages()
		if len(got) != len(batch) {
			t.Fatalf("%d messages arrived: %v", len(got), results)
		}
		for i, m := range got {
			if m.Body != string(batch[i].Body) || m.Subject != batch[i].Subject || len(m.Attributes) != 3 || m.GroupID != batch[i].GroupID {
				t.Errorf("message %d: %+v", i, m)
			}
		}
	}
}

func TestMissingTopicIsAFailureOfConfiguration(t *testing.T) {
	far := startFake(t)
	for _, arn := range []string{account + "gone", "arn:aws:sns:us-east-1:111122223333:alerts"} {
		to := newSink(t, arn, far.URL)
		defer to.Close()
		_, err := to.Open(bounded(t))
		var f *sink.Failure
		if !errors.As(err, &f) || f.Class != sink.Configuration {
			t.Errorf("%s: %v", arn, err)
		}
	}
}

func TestFaultsOfSNSHaveTheirClass(t *testing.T) {
	far := startFake(t)
	to := newSink(t, account+"alerts", far.URL)
	defer to.Close()
	if _, err := to.Open(bounded(t)); err != nil {
		t.Fatal(err)
	}
	sinktest.RunFaults(t, far, fake.SNS, "PublishBatch", to)
}

// Subscriptions filter by numbers and by the elements of lists.
func TestSubscriptionsFilterByTypedAttributes(t *testing.T) {
	far := sinktest.StartFake(t, fake.Options{Topics: []string{"alerts"}, Queues: []string{"numbers", "lists"}})
	session, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	client, err := session.Client(awsapi.Target{Service: awsapi.SNS, Endpoint: far.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Release()
	for queue, policy := range map[string]string{"numbers": `{"total":[12.5]}`, "lists": `{"tags":["urgent"]}`} {
		s, err := far.Subscribe(far.Topic("alerts"), far.Queue(queue), true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.SNS.SetSubscriptionAttributes(bounded(t), &snsapi.SetSubscriptionAttributesInput{
			SubscriptionArn: &s.ARN, AttributeName: aws.String("FilterPolicy"), AttributeValue: &policy}); err != nil {
			t.Fatal(err)
		}
	}
	to := newSink(t, account+"alerts", far.URL)
	defer to.Close()
	m := &message.Message{Body: []byte("x"), Attributes: []message.Attribute{{Name: "total", Value: "12.5"}, {Name: "tags", Value: `["new","urgent"]`}},
		Types: message.AttributeTypes{"total": attribute.Number, "tags": attribute.Array}}
	results := make([]*sink.Failure, 1)
	if f := to.Send(bounded(t), []*message.Message{m}, results); f != nil || results[0] != nil {
		t.Fatal(f, results[0])
	}
	for _, queue := range []string{"numbers", "lists"} {
		if n := len(far.Queue(queue).Messages()); n != 1 {
			t.Errorf("%d messages in %s", n, queue)
		}
	}
}
