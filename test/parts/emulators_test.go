package parts

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func awsConfig(endpoint string) aws.Config {
	return aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

func createQueue(ctx context.Context, t *testing.T, cl *sqs.Client, name string) *string {
	t.Helper()
	q, err := cl.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return q.QueueUrl
}

func receive(ctx context.Context, t *testing.T, cl *sqs.Client, queue *string) string {
	t.Helper()
	out, err := cl.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue, WaitTimeSeconds: 5})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Messages) == 0 {
		t.Fatal("received nothing")
	}
	return aws.ToString(out.Messages[0].Body)
}

func TestElasticMQFailsEntriesOneByOne(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cl := sqs.NewFromConfig(awsConfig(ElasticMQ(t)))
	queue := createQueue(ctx, t, cl, t.Name())
	out, err := cl.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{
		QueueUrl: queue,
		Entries: []types.SendMessageBatchRequestEntry{
			{Id: aws.String("good"), MessageBody: aws.String("hello")},
			{Id: aws.String("bad"), MessageBody: aws.String("\x01")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Successful) != 1 || len(out.Failed) != 1 {
		t.Fatalf("%d entries taken and %d failed, want one each", len(out.Successful), len(out.Failed))
	}
	if got := receive(ctx, t, cl, queue); got != "hello" {
		t.Errorf("received %q", got)
	}
}

func TestMotoFansOutFromTopicToQueue(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cfg := awsConfig(Moto(t))
	queues, topics := sqs.NewFromConfig(cfg), sns.NewFromConfig(cfg)
	queue := createQueue(ctx, t, queues, t.Name())
	attrs, err := queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: queue, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	if err != nil {
		t.Fatal(err)
	}
	topic, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String(t.Name())})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = topics.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(attrs.Attributes["QueueArn"]),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err = topics.Publish(ctx, &sns.PublishInput{TopicArn: topic.TopicArn, Message: aws.String("hello")}); err != nil {
		t.Fatal(err)
	}
	if got := receive(ctx, t, queues, queue); !strings.Contains(got, `"hello"`) {
		t.Errorf("received %q", got)
	}
}

func TestEmulatorsComeBackOnTheirAddress(t *testing.T) {
	for _, s := range []*Server{OwnElasticMQ(t), OwnMoto(t)} {
		if err := errors.Join(s.Kill(), s.Start(t.Context()), s.Restart(t.Context())); err != nil {
			t.Error(err)
		}
		if s.PID() == 0 {
			t.Errorf("%s is not running after its restart", s.name)
		}
	}
}
