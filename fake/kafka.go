package fake

import (
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// KafkaOptions configure the embedded Kafka. The zero value is useful: one broker
// on a free port, no topics.
type KafkaOptions struct {
	// Topics to create, with their number of partitions (6 when it is 0).
	Topics map[string]int32
	// Brokers is their number, 1 when 0. Ports fixes their ports, and with it their
	// number.
	Brokers int
	Ports   []int
	// DataDir keeps topics, records and commits on disk, and off the heap.
	DataDir string
	// AutoCreate creates topics that a client asks for.
	AutoCreate bool
	// Verbose logs the broker's own messages to standard error.
	Verbose bool
	// Extra goes to kfake as it is.
	Extra []kfake.Opt
}

// Kafka is a running embedded Kafka cluster.
type Kafka struct {
	// Cluster gives faults, controls and group inspection.
	Cluster *kfake.Cluster
}

const defaultPartitions = 6

// StartKafka starts a cluster on 127.0.0.1. It runs until Close.
//
// Sessions of 100 ms are allowed, so that tests of a lost member need not wait. A
// client should nevertheless ask for a session of 30 s unless expiry is what the
// test is about: this broker does not suspend the session timer of a member that
// waits in a rebalance for a slow peer, as Kafka does, and drops it.
func StartKafka(o KafkaOptions) (*Kafka, error) {
	opts := []kfake.Opt{
		kfake.NumBrokers(max(o.Brokers, 1)),
		kfake.DefaultNumPartitions(defaultPartitions),
		kfake.GroupMinSessionTimeout(100 * time.Millisecond),
		kfake.GroupMaxSessionTimeout(30 * time.Minute),
	}
	for topic, partitions := range o.Topics {
		opts = append(opts, kfake.SeedTopics(partitions, topic))
	}
	if len(o.Ports) > 0 {
		opts = append(opts, kfake.NumBrokers(len(o.Ports)), kfake.Ports(o.Ports...))
	}
	if o.DataDir != "" {
		opts = append(opts, kfake.DataDir(o.DataDir))
	}
	if o.AutoCreate {
		opts = append(opts, kfake.AllowAutoTopicCreation())
	}
	if o.Verbose {
		opts = append(opts, kfake.WithLogger(kfake.BasicLogger(os.Stderr, kfake.LogLevelInfo)))
	}
	c, err := kfake.NewCluster(append(opts, o.Extra...)...)
	if err != nil {
		return nil, fmt.Errorf("starting the embedded Kafka: %w", err)
	}
	return &Kafka{Cluster: c}, nil
}

// Addresses are the brokers' host:port pairs, for a client's seed brokers.
func (k *Kafka) Addresses() []string { return k.Cluster.ListenAddrs() }

// Close ends the cluster and all its connections.
func (k *Kafka) Close() { k.Cluster.Close() }
