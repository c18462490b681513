package records

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/config"
)

// Unreadable says why records cannot be read, and what to do about it.
func Unreadable(cfg *config.Config, topic string, err error) error {
	brokers := strings.Join(cfg.Kafka.Brokers, ", ")
	var dial *net.OpError
	var batch *reader.BatchError
	switch {
	case errors.As(err, &batch) && batch.Reason == message.ReasonBatchTooLarge:
		return fmt.Errorf("%w; sluice replay reads it with a larger --max-batch-bytes", err)
	case errors.As(err, &batch):
		return fmt.Errorf("%w; leave its offsets out", err)
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return fmt.Errorf("topic %s does not exist at %s, or may not be described; correct its name", topic, brokers)
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		return fmt.Errorf("topic %s may not be read; give the principal the rights READ and DESCRIBE on it", topic)
	case errors.Is(err, kerr.SaslAuthenticationFailed), errors.Is(err, kerr.UnsupportedSaslMechanism), errors.Is(err, kerr.IllegalSaslState):
		return fmt.Errorf("the brokers do not take the credentials (%w); correct kafka.sasl", err)
	case errors.As(err, &dial):
		return fmt.Errorf("no broker of %s can be reached (%w); sluice validate --connect says more", brokers, dial)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the brokers of %s do not answer in time; sluice validate --connect says more, or give a longer timeout", brokers)
	}
	return fmt.Errorf("%w; sluice validate --connect says more", err)
}
