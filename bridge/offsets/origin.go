package offsets

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// Origin names a topic of a cluster for all time: a topic that is deleted and made again, or one
// of the same name in another cluster, has another origin although its offsets start again at 0.
type Origin struct {
	prefix  string // "<cluster id>.<topic id>", or topic name where the broker knows no topic ids
	cluster string
	known   bool // by a topic id
}

// NewOrigin makes an origin of the cluster id and the topic id (KIP-516). Brokers older than
// Kafka 2.8 give a zero topic id; the topic's name stands for it then.
func NewOrigin(clusterID, topic string, topicID [16]byte) Origin {
	name := topic
	if topicID != ([16]byte{}) {
		name = base64.RawURLEncoding.EncodeToString(topicID[:])
	}
	return Origin{prefix: clusterID + "." + name, cluster: clusterID, known: name != topic}
}

// Mark returns a text that tells the topic from another one of its name; empty where the broker
// knows no topic ids.
func (o Origin) Mark() string {
	if !o.known {
		return ""
	}
	return markPrefix + o.prefix
}

// Marked says whether a mark, or a note, may be of this topic: where it is known, it is.
func (o Origin) Marked(note string) bool {
	topic, ok := strings.CutPrefix(note, markPrefix)
	topic, _, _ = strings.Cut(topic, " ")
	return !ok || !o.known || topic == "-" || topic == o.prefix
}

// markPrefix begins the mark of a topic, and what a commit carries.
const markPrefix = progress.TopicPrefix

// MarkIn returns the mark of the topic that a note begins with, as Mark does; empty where it has none.
func MarkIn(note string) string {
	topic, ok := strings.CutPrefix(note, markPrefix)
	if topic, _, _ = strings.Cut(topic, " "); !ok || topic == "-" {
		return ""
	}
	return markPrefix + topic
}

// Replaces says whether a note begins with the mark of an earlier topic of the name, in the same
// cluster. A mark from elsewhere says nothing: what replicates a cluster may bring offsets that it has
// translated.
func (o Origin) Replaces(note string) bool {
	topic, ok := strings.CutPrefix(note, markPrefix)
	topic, _, _ = strings.Cut(topic, " ")
	return ok && o.known && strings.HasPrefix(topic, o.cluster+".") && topic != o.prefix
}

// AppendPlace appends what names a record for all time: "<cluster id>.<topic id>.<partition>.<offset>", and
// "@<leader epoch>" unless that is 0, or -1, not known. After an unclean election other records take the
// offsets of those that were lost, and may have been sent; the epoch tells them apart. It stands in the
// record's batch, and stays when that is read again, replicated or compacted (KIP-101).
func (o Origin) AppendPlace(b []byte, r *kgo.Record) []byte {
	b = append(b, o.prefix...)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(r.Partition), 10)
	b = append(b, '.')
	b = strconv.AppendInt(b, r.Offset, 10)
	if r.LeaderEpoch > 0 {
		b = append(b, '@')
		b = strconv.AppendInt(b, int64(r.LeaderEpoch), 10)
	}
	return b
}
