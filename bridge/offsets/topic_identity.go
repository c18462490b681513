package offsets

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// TopicIdentity names a topic of a cluster for all time: a topic that is deleted and made again, or one
// of the same name in another cluster, has another identity although its offsets start again at 0.
type TopicIdentity struct {
	prefix  string // "<cluster id>.<topic id>", or topic name where the broker knows no topic ids
	cluster string
	known   bool // by a topic id
}

// NewTopicIdentity makes one of the cluster id and the topic id (KIP-516). Brokers older than
// Kafka 2.8 give a zero topic id; the topic's name stands for it then.
func NewTopicIdentity(clusterID, topic string, topicID [16]byte) TopicIdentity {
	name := topic
	if topicID != ([16]byte{}) {
		name = base64.RawURLEncoding.EncodeToString(topicID[:])
	}
	return TopicIdentity{prefix: clusterID + "." + name, cluster: clusterID, known: name != topic}
}

// Fingerprint returns a text that tells the topic from another one of its name; empty where the broker
// knows no topic ids.
func (o TopicIdentity) Fingerprint() string {
	if !o.known {
		return ""
	}
	return markPrefix + o.prefix
}

// Matches says whether a fingerprint, or the metadata of a commit, may be of this topic: where it is known, it is.
func (o TopicIdentity) Matches(metadata string) bool {
	topic, ok := strings.CutPrefix(metadata, markPrefix)
	topic, _, _ = strings.Cut(topic, " ")
	return !ok || !o.known || topic == "-" || topic == o.prefix
}

// markPrefix begins the mark of a topic, and what a commit carries.
const markPrefix = progress.TopicPrefix

// FingerprintIn returns the fingerprint with which the metadata of a commit begins; empty where it has none.
func FingerprintIn(metadata string) string {
	topic, ok := strings.CutPrefix(metadata, markPrefix)
	if topic, _, _ = strings.Cut(topic, " "); !ok || topic == "-" {
		return ""
	}
	return markPrefix + topic
}

// Replaces says whether the metadata of a commit begins with the fingerprint of an earlier topic of the name, in
// the same cluster. One from elsewhere says nothing: what replicates a cluster may bring offsets that it has
// translated.
func (o TopicIdentity) Replaces(metadata string) bool {
	topic, ok := strings.CutPrefix(metadata, markPrefix)
	topic, _, _ = strings.Cut(topic, " ")
	return ok && o.known && strings.HasPrefix(topic, o.cluster+".") && topic != o.prefix
}

// AppendRecordID appends what names a record for all time: "<cluster id>.<topic id>.<partition>.<offset>", and
// "@<leader epoch>" unless that is 0, or -1, not known. After an unclean election other records take the
// offsets of those that were lost, and may have been sent; the epoch tells them apart. It stands in the
// record's batch, and stays when that is read again, replicated or compacted (KIP-101).
func (o TopicIdentity) AppendRecordID(b []byte, r *kgo.Record) []byte {
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
