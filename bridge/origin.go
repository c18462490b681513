package bridge

import (
	"encoding/base64"
	"strconv"
)

// Origin names a topic of a cluster for all time: a topic that is deleted and made again, or one
// of the same name in another cluster, has another origin although its offsets start again at 0.
type Origin struct {
	prefix string // "<cluster id>.<topic id>", or topic name where the broker knows no topic ids
}

// NewOrigin makes an origin of the cluster id and the topic id (KIP-516). Brokers older than
// Kafka 2.8 give a zero topic id; the topic's name stands for it then.
func NewOrigin(clusterID, topic string, topicID [16]byte) Origin {
	name := topic
	if topicID != ([16]byte{}) {
		name = base64.RawURLEncoding.EncodeToString(topicID[:])
	}
	return Origin{prefix: clusterID + "." + name}
}

// appendPosition appends "<cluster id>.<topic id>.<partition>.<offset>".
func (o Origin) appendPosition(b []byte, partition int32, offset int64) []byte {
	b = append(b, o.prefix...)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(partition), 10)
	b = append(b, '.')
	return strconv.AppendInt(b, offset, 10)
}
