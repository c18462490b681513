package routing

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
)

// Event is a record with its decoded value, as rules and expressions see it.
type Event struct {
	Record        *kgo.Record
	Value         codec.Value
	CorrelationID string
}
