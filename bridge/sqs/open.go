package sqs

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/quota"
)

// Open implements [sink.Sink]: it finds the queue's URL, anew at each call, and reads its
// attributes. Without the right to read them a queue takes 1 MiB, and whether it is FIFO follows
// from its name.
func (s *Sink) Open(ctx context.Context) (sink.Limits, error) {
	limits := sink.Limits{MaxMessageBytes: quota.MessageBytes, MaxBatchBytes: quota.MessageBytes}
	if f := s.client.Ready(ctx); f != nil {
		return limits, f
	}
	url, f := s.resolve(ctx)
	if f != nil {
		return limits, f
	}
	attributes, f := s.attributes(ctx, url)
	switch {
	case f != nil:
		// Who answers, but not as a service does, may still take messages.
		if !awsapi.Denied(f) && f.Code != awsapi.CodeNoService {
			return limits, f
		}
		limits.Presumed = true
	default:
		if f := s.check(attributes); f != nil {
			return limits, f
		}
		if n, err := strconv.Atoi(attributes[string(types.QueueAttributeNameMaximumMessageSize)]); err == nil && n > 0 {
			limits.MaxMessageBytes = min(n, quota.MessageBytes)
		}
	}
	prefix := requestPrefix(url)
	s.prefix.Store(&prefix)
	return limits, nil
}

// resolve returns the queue's URL. It is asked for and not built, as emulators have their own
// forms; only where asking is not allowed and the owner is known is it built in AWS's.
func (s *Sink) resolve(ctx context.Context) (string, *sink.Failure) {
	q := s.queue
	if q.URL != "" {
		return q.URL, nil
	}
	in := &sqs.GetQueueUrlInput{QueueName: &q.Name}
	if q.Account != "" {
		in.QueueOwnerAWSAccountId = &q.Account
	}
	out, err := s.client.SQS.GetQueueUrl(ctx, in)
	if err == nil {
		return aws.ToString(out.QueueUrl), nil
	}
	f := s.client.LookupFailure(ctx, err)
	if awsapi.Denied(f) && q.Account != "" {
		return s.client.Endpoint() + q.Account + "/" + q.Name, nil
	}
	return "", f
}

// attributes reads those of the queue at a URL.
func (s *Sink) attributes(ctx context.Context, url string) (map[string]string, *sink.Failure) {
	out, err := s.client.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &url,
		// All, because to ask a standard queue for FifoQueue by name is an error.
		AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if err != nil {
		return nil, s.client.LookupFailure(ctx, err)
	}
	return out.Attributes, nil
}

// check compares the queue's kind with its name, by which everything before the sink decided on
// group and deduplication ids.
func (s *Sink) check(attributes map[string]string) *sink.Failure {
	kind := attributes[string(types.QueueAttributeNameFifoQueue)] // absent from standard queues
	if len(attributes) == 0 || (kind == "true") == s.queue.FIFO() {
		return nil
	}
	return &sink.Failure{
		Class:   sink.Configuration,
		Code:    awsapi.CodeFIFOMismatch,
		Message: fmt.Sprintf("queue %s: its FifoQueue attribute is %q, which its name contradicts; FIFO queues, and no others, end in .fifo", s.queue.Name, kind),
	}
}
