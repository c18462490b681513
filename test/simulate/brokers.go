package simulate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// brokers are those of the embedded Kafka, and what is broken of them.
type brokers struct {
	w         *world
	cluster   *kfake.Cluster
	addresses map[int32]string         // by node, those that are away included
	turns     map[string]chan struct{} // by topic, of capacity 1: full while somebody writes to it or changes its logs
	fencing   bool                     // members were told that others have their instance ids
	throttle  *throttle
	late      atomic.Int64 // by how many nanoseconds coordinators answer later

	mu       sync.Mutex
	open     map[string]int // transactions, by topic
	refusals []*refusal     // of OffsetForLeaderEpoch
}

func newBrokers(w *world, t *throttle) *brokers {
	b := &brokers{w: w, cluster: w.kafka.Cluster, addresses: map[int32]string{}, turns: map[string]chan struct{}{}, throttle: t, open: map[string]int{}}
	for node, address := range w.kafka.Addresses() {
		b.addresses[int32(node)] = address
	}
	random := newRandom(w.scenario.Seed, brokerStream)
	for _, t := range w.scenario.Topics {
		b.turns[t.Name] = make(chan struct{}, 1)
		b.noteTopic(t.Name)
		for p := range t.Partitions {
			b.lead(t.Name, p, int32(random.IntN(w.scenario.Brokers)))
		}
	}
	b.answerEpochs()
	b.delayCoordinators()
	return b
}

// brokerStream is the stream of random numbers that places the leaders at the start.
const brokerStream = 1 << 32

// seeds are the addresses that a configuration names, whoever is away.
func (b *brokers) seeds() []string {
	var all []string
	for _, node := range slices.Sorted(maps.Keys(b.addresses)) {
		all = append(all, b.addresses[node])
	}
	return all
}

// turn waits until nobody else writes to a topic or changes its logs, and returns what ends that.
func (b *brokers) turn(topic string) (end func()) {
	b.turns[topic] <- struct{}{}
	return func() { <-b.turns[topic] }
}

var errBusy = errors.New("something else is done to it")

// turnSoon is turn for what need not be done: a topic may be away for long.
func (b *brokers) turnSoon(topics ...string) (end func(), err error) {
	limit := time.NewTimer(5 * time.Second)
	defer limit.Stop()
	var held []chan struct{}
	end = func() {
		for _, turn := range held {
			<-turn
		}
	}
	for _, topic := range topics {
		select {
		case b.turns[topic] <- struct{}{}:
			held = append(held, b.turns[topic])
		case <-limit.C:
			end()
			return nil, errBusy
		}
		if b.isOpen(topic) {
			end()
			return nil, errBusy
		}
	}
	return end, nil
}

// opens notes that a transaction of a topic is open, and returns what ends that: its logs are not to change
// before.
func (b *brokers) opens(topic string) (end func()) {
	add := func(n int) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.open[topic] += n
	}
	add(1)
	return func() { add(-1) }
}

func (b *brokers) isOpen(topic string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open[topic] > 0
}

// topics are the names of all, whether they are there or not.
func (b *brokers) topics() []string { return slices.Sorted(maps.Keys(b.turns)) }

// partitions is how many a topic has now; 0 where it is not there.
func (b *brokers) partitions(topic string) int32 {
	return int32(len(b.cluster.PartitionInfos(topic)))
}

// noteTopic tells the ledger of a topic that was made.
func (b *brokers) noteTopic(topic string) {
	b.w.topics.learn(topic)
	b.w.ledger.made(topic, b.partitions(topic))
}

// noteLeaders tells the ledger of the leaders of now. The topics' turns are held.
func (b *brokers) noteLeaders(topics ...string) {
	for _, topic := range topics {
		for _, p := range b.cluster.PartitionInfos(topic) {
			b.w.ledger.elected(topic, p.Partition, p.Epoch, p.HighWatermark)
		}
	}
}

// lead elects a leader for a partition.
func (b *brokers) lead(topic string, partition, node int32) {
	if b.cluster.MoveTopicPartition(topic, partition, node) == nil {
		b.noteLeaders(topic)
	}
}

// nodes are those that are there.
func (b *brokers) nodes() []int32 {
	there := map[string]bool{}
	for _, a := range b.w.kafka.Addresses() {
		there[a] = true
	}
	var nodes []int32
	for _, node := range slices.Sorted(maps.Keys(b.addresses)) {
		if there[b.addresses[node]] {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// node returns one of those that are there, counted from 0.
func (b *brokers) node(n int) int32 {
	nodes := b.nodes()
	return nodes[n%len(nodes)]
}

// partition returns one of a topic's, counted from 0.
func (b *brokers) partition(topic string, n int) (int32, error) {
	count := b.partitions(topic)
	if count == 0 {
		return 0, fmt.Errorf("topic %s is not there", topic)
	}
	return int32(n) % count, nil
}
