package simulate

import (
	"encoding/base64"
	"maps"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// topicIDs knows the topics' names by their ids: that is how newer requests name them (KIP-516), and
// who controls a request must not ask the cluster.
type topicIDs struct {
	cluster *kfake.Cluster
	mu      sync.Mutex
	names   map[[16]byte]string
}

func newTopicIDs(c *kfake.Cluster) *topicIDs {
	return &topicIDs{cluster: c, names: map[[16]byte]string{}}
}

// learn looks up the id that a topic has now. It is called after a topic was made.
func (t *topicIDs) learn(name string) {
	info := t.cluster.TopicInfo(name)
	if info == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.names[info.TopicID] = name
}

// name is that of a topic of which a request has the name, or the id.
func (t *topicIDs) name(name string, id [16]byte) string {
	if name != "" {
		return name
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.names[id]
}

// earlier says whether what is committed of a topic is of an earlier one of its name: a note tells, by the
// topic's id, so that whoever reads it next does not go by it.
func (t *topicIDs) earlier(name, note string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, n := range t.names {
		if n == name && strings.Contains(note, base64.RawURLEncoding.EncodeToString(id[:])) {
			return false
		}
	}
	return note != ""
}

// forget has the ids of a topic name nothing: it is no more.
func (t *topicIDs) forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.names, func(_ [16]byte, n string) bool { return n == name })
}
