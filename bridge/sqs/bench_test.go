package sqs_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/quota"
)

func TestMain(m *testing.M) { sinktest.Main(m) }

// BenchmarkSend compares the sink with the SDK's SendMessageBatch on the same transport and
// credentials. cpu-ns/msg is this process's, the answering one's is not in it.
func BenchmarkSend(b *testing.B) {
	for _, size := range []int{512, 4096} {
		batch := sinktest.BenchBatch(size)
		client, url := benchClient(b, batch)
		b.Run(fmt.Sprintf("sink/%dB", size), func(b *testing.B) {
			to := sqs.NewOpened(client, url)
			sinktest.PerMessage(b, func() error {
				var results [quota.Entries]*sink.Failure
				if f := to.Send(context.Background(), batch, results[:]); f != nil {
					return f
				}
				if results[9] != nil {
					return results[9]
				}
				return nil
			})
		})
		b.Run(fmt.Sprintf("sdk/%dB", size), func(b *testing.B) {
			sinktest.PerMessage(b, func() error {
				_, err := client.SQS.SendMessageBatch(context.Background(), sdkInput(url, batch))
				return err
			})
		})
	}
}

// BenchmarkEncode is the building of the request body alone.
func BenchmarkEncode(b *testing.B) {
	for _, size := range []int{512, 4096} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			batch := sinktest.BenchBatch(size)
			prefix := sqs.RequestPrefix("https://sqs.eu-west-1.amazonaws.com/111122223333/orders")
			var buffer []byte
			b.ReportAllocs()
			for b.Loop() {
				buffer = sqs.AppendRequest(buffer[:0], prefix, batch)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N*len(batch)), "ns/msg")
		})
	}
}

// benchClient starts a peer that accepts the batch, with the right checksums for the SDK.
func benchClient(b *testing.B, batch []*message.Message) (*awsapi.Client, string) {
	sinktest.Environment(b)
	b.Setenv("AWS_ACCESS_KEY_ID", "KEY")
	b.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	body := `{"Successful":[`
	for i, m := range batch {
		if i > 0 {
			body += ","
		}
		sum := md5.Sum(m.Body)
		body += fmt.Sprintf(`{"Id":"%d","MessageId":"5d2f1a30-0000-4000-8000-00000000000%d","MD5OfMessageBody":"%s","MD5OfMessageAttributes":"%s"}`, i, i, hex.EncodeToString(sum[:]), hex.EncodeToString(sum[:]))
	}
	peer := sinktest.StartPeer(b, sinktest.Reply{Body: body + "]}"})
	session, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
	if err != nil {
		b.Fatal(err)
	}
	client, err := session.Client(awsapi.Target{Service: awsapi.SQS, Endpoint: peer})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.Release)
	return client, peer + "/111122223333/orders"
}

// sdkInput is a batch as a user of the SDK writes it.
func sdkInput(url string, batch []*message.Message) *sdk.SendMessageBatchInput {
	in := &sdk.SendMessageBatchInput{QueueUrl: &url}
	for i, m := range batch {
		e := types.SendMessageBatchRequestEntry{
			Id:          aws.String(string(rune('0' + i))),
			MessageBody: aws.String(string(m.Body)),
		}
		for _, a := range m.Attributes {
			if e.MessageAttributes == nil {
				e.MessageAttributes = map[string]types.MessageAttributeValue{}
			}
			e.MessageAttributes[a.Name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(a.Value)}
		}
		if m.GroupID != "" {
			e.MessageGroupId = aws.String(m.GroupID)
		}
		if m.DeduplicationID != "" {
			e.MessageDeduplicationId = aws.String(m.DeduplicationID)
		}
		if m.TraceHeader != "" {
			e.MessageSystemAttributes = map[string]types.MessageSystemAttributeValue{
				"AWSTraceHeader": {DataType: aws.String("String"), StringValue: aws.String(m.TraceHeader)},
			}
		}
		in.Entries = append(in.Entries, e)
	}
	return in
}
