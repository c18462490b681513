package fake_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/sluice-bridge/sluice/fake"
)

// start runs an endpoint for the length of the test.
func start(t testing.TB, o fake.Options) *fake.AWS {
	t.Helper()
	a, err := fake.StartAWS(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// deadline is a context that no healthy test reaches.
func deadline(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func client(t testing.TB) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func sqsClient(t testing.TB, a *fake.AWS) *sqs.Client {
	return sqs.New(sqs.Options{
		Region: a.Region, BaseEndpoint: &a.URL, Retryer: aws.NopRetryer{}, HTTPClient: client(t),
		Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""),
	})
}

func snsClient(t testing.TB, a *fake.AWS) *sns.Client {
	return sns.New(sns.Options{
		Region: a.Region, BaseEndpoint: &a.URL, Retryer: aws.NopRetryer{}, HTTPClient: client(t),
		Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""),
	})
}

// batch makes entries with ids "0", "1", … and the bodies given.
func batch(q *fake.Queue, bodies ...string) *sqs.SendMessageBatchInput {
	in := &sqs.SendMessageBatchInput{QueueUrl: &q.URL}
	for i, body := range bodies {
		e := types.SendMessageBatchRequestEntry{Id: aws.String(string(rune('0' + i))), MessageBody: aws.String(body)}
		if q.FIFO {
			e.MessageGroupId, e.MessageDeduplicationId = aws.String("g"), aws.String("d-"+body)
		}
		in.Entries = append(in.Entries, e)
	}
	return in
}

func send(t testing.TB, c *sqs.Client, in *sqs.SendMessageBatchInput) *sqs.SendMessageBatchOutput {
	t.Helper()
	out, err := c.SendMessageBatch(deadline(t), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func bodies(messages []fake.Message) []string {
	var out []string
	for _, m := range messages {
		out = append(out, m.Body)
	}
	return out
}
