package sqs

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Probe implements sink.Prober by the queue's attributes.
func (s *Sink) Probe(ctx context.Context) ([]string, *sink.Failure) {
	url, f := s.resolve(ctx)
	if f != nil {
		return nil, f
	}
	all, f := s.attributes(ctx, url)
	return awsapi.KeyNotes(all[string(types.QueueAttributeNameKmsMasterKeyId)]), f
}
