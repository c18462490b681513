//go:build unix

package consumer

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/commit"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/telemetry"
	"github.com/sluice-bridge/sluice/test/parts"
)

// idleIntake takes everything and does nothing with it.
type idleIntake struct{}

func (idleIntake) Accept(_ *offsets.Tracker, records []*kgo.Record) (int, string) {
	return len(records), ""
}
func (idleIntake) Unreadable(*offsets.Tracker, message.Unreadable) {}
func (idleIntake) Backlog() (int, bool)                            { return 0, false }
func (idleIntake) Flush()                                          {}
func (idleIntake) Stranded() map[offsets.Ack]int                   { return nil }
func (idleIntake) Sweep()                                          {}

// BenchmarkCommit commits the marks of partitions to Apache Kafka, one commit after the other. Besides
// the round trip it tells the CPU that this process takes, by which [offsets.WorthCommit] is chosen. Half of that
// is for going to sleep and waking up, which a process does not do that has messages to send.
func BenchmarkCommit(b *testing.B) {
	for _, partitions := range []int32{8, 64, 512} {
		b.Run(fmt.Sprintf("partitions=%d", partitions), func(b *testing.B) { benchmarkCommit(b, partitions) })
	}
}

func benchmarkCommit(b *testing.B, partitions int32) {
	broker := parts.Kafka(b)
	topic := fmt.Sprintf("commit-%d-%d", partitions, time.Now().UnixNano())
	opts := Options{
		Connection: kafka.Connection{Brokers: []string{broker}, ClientID: "bench"}, Group: topic, Topics: []string{topic},
		SessionTimeout: 30 * time.Second, RebalanceTimeout: 20 * time.Second, ReadAhead: 4 << 20,
		CommitInterval: time.Minute, DrainTimeout: 10 * time.Second,
	}
	window := offsets.NewWindow(2000, 64<<20)
	s, err := New(opts, idleIntake{}, window, telemetry.New(kafkatest.NewBoard(), prometheus.NewRegistry(), zap.NewNop()))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := kadm.NewClient(dialAt(b, broker)).CreateTopic(b.Context(), partitions, 1, nil, topic); err != nil {
		b.Fatal(err)
	}
	stop, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Run(stop, context.Background())
	}()
	defer func() { cancel(); <-done }()
	kafkatest.Await(b, "the partitions", func() bool { return len(s.held()) == int(partitions) })
	origin := offsets.NewTopicIdentity("bench", topic, [16]byte{1})
	moved := make([]*commit.Entry, partitions)
	settled := make([]*offsets.Tracker, partitions)
	for i := range settled {
		part := offsets.NewTracker(topic, int32(i), origin, window)
		part.Begin(offsets.Position{Offset: 1}, progress.Progress{})
		settled[i] = part
	}
	began := cpuTime(b)
	for b.Loop() {
		for i, part := range settled {
			moved[i] = commit.NewEntry(kafka.TopicPartition{Topic: topic, Partition: int32(i)}, part, s.member)
		}
		if _, err := s.commits.Commit(moved); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/float64(b.N), "cpu-µs/op")
}

func dialAt(b *testing.B, broker string) *kgo.Client {
	c, err := kgo.NewClient(kgo.SeedBrokers(broker))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	return c
}

// cpuTime is what this process has had of the processors (getrusage(2)).
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
