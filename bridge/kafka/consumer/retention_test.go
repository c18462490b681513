package consumer

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/problem"
	"github.com/sluice-bridge/sluice/fake"
)

// expire deletes the records of partition 0 below an offset, as retention does.
func expire(t *testing.T, k *fake.Kafka, below int64) {
	t.Helper()
	to := kadm.Offsets{}
	to.AddOffset("t", 0, below, -1)
	deleted, err := kadm.NewClient(kafkatest.Dial(t, k)).DeleteRecords(t.Context(), to)
	if err == nil {
		err = deleted.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// expired returns of how many records it was told that they were deleted unread, each time.
func (m *member) expired() (told []string) {
	for _, e := range m.logs.FilterMessage("records were deleted by the topic's retention before they were read").All() {
		told = append(told, e.ContextMap()["at_most"].(string))
	}
	return told
}

// Records that are deleted before a running bridge has read them are told of when the next one comes.
func TestExpiredUnderRunningBridge(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	m := join(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 5)...)
	commits(t, k, "t", 0, 5)
	held := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.NotLeaderForPartition, Count: -1})
	kafkatest.Await(t, "reading to be held up", func() bool { return held.Hits() > 0 })
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 20)...)
	expire(t, k, 15)
	held.Remove()
	commits(t, k, "t", 0, 25)
	if told := m.expired(); len(told) != 1 || told[0] != "10" {
		t.Errorf("told of %v", told)
	}
}

// Where a partition is not read, a look at the log tells of them, once; not while the client may still
// have them.
func TestDeletedRecordsOfAPausedPartitionAreToldOnce(t *testing.T) {
	t.Parallel()
	for name, paused := range map[string]bool{"paused": true, "idle": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			m := owner(t, k)
			a := m.assignment("t", 0)
			kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
			a.paused.Store(paused)
			kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 20)...)
			expire(t, k, 20)
			for range 2 {
				m.source.lookAtLogs(t.Context(), time.Now())
			}
			if told := m.expired(); len(told) != 0 {
				t.Errorf("told of %v, which the client may have", told)
			}
			if paused {
				m.source.polls.Add(1)
			} else {
				m.source.empty.Add(1)
			}
			for range 3 {
				m.source.lookAtLogs(t.Context(), time.Now())
			}
			if told := m.expired(); len(told) != 1 || told[0] != "20" {
				t.Errorf("told of %v", told)
			}
			if at := a.part.Committable().Offset; at != 20 {
				t.Errorf("the group stays at %d, behind what is no more", at)
			}
		})
	}
}

// Where all is deleted that a group had still to read, it does not lag behind for ever, though no record comes.
func TestExpiredWhileAway(t *testing.T) {
	t.Parallel()
	k, client := settledTen(t)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 20)...)
	expire(t, k, 30)
	m := join(t, k)
	kafkatest.Await(t, "an owner", func() bool { return m.owned() == 1 })
	kafkatest.Await(t, "the commit of the log's start", func() bool {
		m.source.lookAtLogs(t.Context(), time.Now())
		return kafkatest.Committed(k, group, "t", 0) == 30
	})
	if told := m.expired(); len(told) != 1 || told[0] != "20" {
		t.Errorf("told of %v", told)
	}
}

// What is deleted of a partition that was lost is told by the member that has it back, though nothing of it was ever
// committed.
func TestExpiredAfterALoss(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	refused := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: kerr.UnknownServerError, Count: -1})
	defer refused.Remove()
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 5)...)
	m := build(t, k)
	m.sink.holds(func(string) bool { return true })
	m.run()
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 5 })
	expire(t, k, 3)
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Err: kerr.UnknownMemberID, Count: 1})
	kafkatest.Await(t, "what is told", func() bool { return len(m.expired()) > 0 })
	if told := m.expired(); told[0] != "3" {
		t.Errorf("told of %v", told)
	}
}

// Where a partition is empty whose start was not to be had when it was assigned, that is committed once it is.
func TestStartIsKnownLater(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Partitions: []int32{1}, Err: kerr.UnknownServerError, Count: -1})
	m := join(t, k)
	commits(t, k, "t", 0, 0)
	if a := m.assignment("t", 1); !a.begun() || a.Expected() >= 0 {
		t.Fatalf("it begins at %d", a.Expected())
	}
	fault.Remove()
	kafkatest.Await(t, "the commit of the log's start", func() bool {
		m.source.lookAtLogs(t.Context(), time.Now())
		return kafkatest.Committed(k, group, "t", 1) == 0
	})
	if told := m.expired(); len(told) != 0 {
		t.Errorf("told of %v", told)
	}
}

// The end of a transaction is read and settled, so that nothing is left of a partition that ends in it, and
// its deletion is no loss; nor is that of what was aborted.
func TestTransactionsLeaveNothing(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := join(t, k)
	producer := kafkatest.Dial(t, k, kgo.TransactionalID(t.Name()))
	kafkatest.Transaction(t, producer, "a", 5, kgo.TryCommit)
	kafkatest.Transaction(t, producer, "b", 5, kgo.TryAbort)
	commits(t, k, "t", 0, 12)
	if n := m.sink.count(); n != 5 {
		t.Errorf("%d arrived", n)
	}
	if lag := m.source.Lag(); lag != 0 {
		t.Errorf("the lag is %d", lag)
	}
	expire(t, k, 12)
	kafkatest.Transaction(t, producer, "c", 5, kgo.TryCommit)
	commits(t, k, "t", 0, 18)
	m.leave()
	expire(t, k, 18)
	two := join(t, k)
	kafkatest.Transaction(t, producer, "d", 5, kgo.TryCommit)
	commits(t, k, "t", 0, 24)
	if told := append(m.expired(), two.expired()...); len(told) != 0 {
		t.Errorf("told of %v", told)
	}
}

// Lag grows while nothing is fetched.
func TestLagGrowsWhileNothingIsFetched(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a := m.assignment("t", 0)
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 20)...)
	m.source.lookAtLogs(t.Context(), time.Now())
	if lag := m.source.Lag(); lag != 20 {
		t.Errorf("the lag is %d", lag)
	}
}

// Where a broker says nothing of a partition of which nothing is read, that is told until it does.
func TestBrokerSilentOfAPartitionIsTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a := m.assignment("t", 0)
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.UnknownServerError, Count: -1})
	for range 2 {
		m.source.lookAtLogs(t.Context(), time.Now())
	}
	if m.board.Is("partition t/0") == "" {
		t.Fatal("nobody says so")
	}
	fault.Remove()
	m.source.lookAgain(t.Context(), time.Now().Add(problem.QuietAfter))
	if told := m.board.Is("partition t/0"); told != "" {
		t.Errorf("it can be read, and is told: %q", told)
	}
}

// A broker that says nothing does not keep others from being asked where their logs end, and where they begin.
func TestLogsBesideASilentBroker(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2, kfake.NumBrokers(2))
	for p := range int32(2) {
		if err := k.Cluster.MoveTopicPartition("t", p, p); err != nil {
			t.Fatal(err)
		}
	}
	m := owner(t, k)
	kafkatest.Await(t, "the beginnings", func() bool {
		return m.owned() == 2 && m.assignment("t", 0).begun() && m.assignment("t", 1).begun()
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ends, starts atomic.Bool
	k.Cluster.ControlKey(int16(kmsg.ListOffsets), func(r kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		if k.Cluster.CurrentNode() == 1 {
			k.Cluster.SleepControl(func() { <-ctx.Done() })
			return nil, nil, false
		}
		switch r.(*kmsg.ListOffsetsRequest).Topics[0].Partitions[0].Timestamp {
		case -1 /* the end */ :
			ends.Store(true)
		case -2:
			starts.Store(true)
		}
		return nil, nil, false
	})
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		m.source.lookAtLogs(ctx, time.Now())
	}()
	kafkatest.Await(t, "the other broker to be asked for both", func() bool { return ends.Load() && starts.Load() })
	cancel()
	<-looked
}
