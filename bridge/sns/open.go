package sns

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/quota"
)

// Open implements [sink.Sink]: it reads the topic's attributes. Without the right to read them the
// topic takes 256 KiB, and whether it is FIFO follows from its name.
func (s *Sink) Open(ctx context.Context) (sink.Limits, error) {
	limits := sink.Limits{MaxMessageBytes: defaultBytes, MaxBatchBytes: defaultBytes}
	if f := s.client.Ready(ctx); f != nil {
		return limits, f
	}
	attributes, f := s.attributes(ctx)
	if awsapi.Denied(f) {
		limits.Presumed = true
		return limits, nil
	}
	if f != nil {
		return limits, f
	}
	if kind := attributes["FifoTopic"]; len(attributes) > 0 && (kind == "true") != s.topic.FIFO() {
		return limits, &sink.Failure{
			Class:   sink.Configuration,
			Code:    awsapi.CodeFIFOMismatch,
			Message: fmt.Sprintf("topic %s: its FifoTopic attribute is %q, which its name contradicts; FIFO topics, and no others, end in .fifo", s.topic.Name, kind),
		}
	}
	// The attribute is absent unless someone set it.
	if n, err := strconv.Atoi(attributes["MaximumMessageSize"]); err == nil && n > 0 {
		limits.MaxMessageBytes = min(n, quota.MessageBytes)
		limits.MaxBatchBytes = max(defaultBytes, limits.MaxMessageBytes)
	}
	return limits, nil
}

// attributes reads those of the topic.
func (s *Sink) attributes(ctx context.Context) (map[string]string, *sink.Failure) {
	out, err := s.client.SNS.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &s.topic.ARN})
	if err != nil {
		return nil, s.client.LookupFailure(ctx, err)
	}
	return out.Attributes, nil
}
