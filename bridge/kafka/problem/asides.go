package problem

import (
	"sync"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// Asides are partitions that are set aside, as they cannot be read yet. The zero Asides are none.
type Asides struct {
	mu  sync.Mutex
	all map[string]map[int32]bool // by topic
}

// Add sets a partition aside.
func (a *Asides) Add(at kafka.TopicPartition) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[string]map[int32]bool{}
	}
	if a.all[at.Topic] == nil {
		a.all[at.Topic] = map[int32]bool{}
	}
	a.all[at.Topic][at.Partition] = true
}

// Remove takes partitions out, and returns those that were in it.
func (a *Asides) Remove(partitions map[string][]int32) map[string][]int32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	were := map[string][]int32{}
	for topic, ids := range partitions {
		for _, id := range ids {
			if a.all[topic][id] {
				were[topic] = append(were[topic], id)
				delete(a.all[topic], id)
			}
		}
		if len(a.all[topic]) == 0 {
			delete(a.all, topic)
		}
	}
	return were
}

// All returns the partitions, by topic.
func (a *Asides) All() map[string][]int32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := map[string][]int32{}
	for topic, ids := range a.all {
		for id := range ids {
			all[topic] = append(all[topic], id)
		}
	}
	return all
}
