package sns

import (
	"context"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Probe implements sink.Prober by the topic's attributes.
func (s *Sink) Probe(ctx context.Context) ([]string, *sink.Failure) {
	all, f := s.attributes(ctx)
	return awsapi.KeyNotes(all["KmsMasterKeyId"]), f
}
