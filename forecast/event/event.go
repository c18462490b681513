package event

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Event is one record to explain, and where it comes from.
type Event struct {
	At     string // "line 3", "events.ndjson:3", "event 1", "offset 3:1234"
	Record *kgo.Record
	Origin offsets.TopicIdentity
	Err    error // of this event alone
}

// PlaceholderCluster stands for the cluster's id, which is not known offline.
const PlaceholderCluster = "cluster"

// Offline is the origin of a record that is not from Kafka.
func Offline(r *kgo.Record) offsets.TopicIdentity {
	return offsets.NewTopicIdentity(PlaceholderCluster, r.Topic, [16]byte{})
}
