package main

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/twmb/franz-go/pkg/kgo"
)

// dataType is the type of all attributes.
var dataType = aws.String("String")

// ids are the entry ids of a batch.
var ids = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

// pause is how long a request that left something unsent waits.
const pause = 50 * time.Millisecond

// sdkConfig is the SDK's own, with as many idle connections as there are requests at once: its
// default of ten would close and open connections all the time.
func sdkConfig(ctx context.Context, s settings) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*s.inFlight, 2*s.inFlight
	})
	return config.LoadDefaultConfig(ctx, config.WithRegion(s.region), config.WithBaseEndpoint(s.endpoint), config.WithHTTPClient(client))
}

type sdkQueue struct {
	client *sqs.Client
	url    string
}

func newSDKQueue(ctx context.Context, s settings) (*sdkQueue, error) {
	cfg, err := sdkConfig(ctx, s)
	if err != nil {
		return nil, err
	}
	return &sdkQueue{sqs.NewFromConfig(cfg), s.target}, nil
}

func (q *sdkQueue) send(ctx context.Context, batch []*kgo.Record) error {
	entries := make([]sqstypes.SendMessageBatchRequestEntry, len(batch))
	for i, r := range batch {
		as := attributes(r)
		values := make(map[string]sqstypes.MessageAttributeValue, len(as))
		for k := range as {
			values[as[k].name] = sqstypes.MessageAttributeValue{DataType: dataType, StringValue: &as[k].value}
		}
		entries[i] = sqstypes.SendMessageBatchRequestEntry{Id: &ids[i], MessageBody: aws.String(string(r.Value)), MessageAttributes: values}
	}
	for {
		out, err := q.client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &q.url, Entries: entries})
		if err != nil {
			time.Sleep(pause)
			continue
		}
		if len(out.Failed) == 0 {
			return nil
		}
		var again []sqstypes.SendMessageBatchRequestEntry
		for _, f := range out.Failed {
			for _, e := range entries {
				if *e.Id == *f.Id {
					again = append(again, e)
				}
			}
		}
		entries = again
		time.Sleep(pause)
	}
}

type sdkTopic struct {
	client *sns.Client
	arn    string
}

func newSDKTopic(ctx context.Context, s settings) (*sdkTopic, error) {
	cfg, err := sdkConfig(ctx, s)
	if err != nil {
		return nil, err
	}
	return &sdkTopic{sns.NewFromConfig(cfg), s.target}, nil
}

func (t *sdkTopic) send(ctx context.Context, batch []*kgo.Record) error {
	entries := make([]snstypes.PublishBatchRequestEntry, len(batch))
	for i, r := range batch {
		as := attributes(r)
		values := make(map[string]snstypes.MessageAttributeValue, len(as))
		for k := range as {
			values[as[k].name] = snstypes.MessageAttributeValue{DataType: dataType, StringValue: &as[k].value}
		}
		entries[i] = snstypes.PublishBatchRequestEntry{Id: &ids[i], Message: aws.String(string(r.Value)), MessageAttributes: values}
	}
	for {
		out, err := t.client.PublishBatch(ctx, &sns.PublishBatchInput{TopicArn: &t.arn, PublishBatchRequestEntries: entries})
		if err != nil {
			time.Sleep(pause)
			continue
		}
		if len(out.Failed) == 0 {
			return nil
		}
		var again []snstypes.PublishBatchRequestEntry
		for _, f := range out.Failed {
			for _, e := range entries {
				if *e.Id == *f.Id {
					again = append(again, e)
				}
			}
		}
		entries = again
		time.Sleep(pause)
	}
}
