package consumer

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// A member that the group has given up comes back under another id in the middle of a rebalance. What
// it had read before is no longer its own to commit: somebody else may have gone further. What it is
// given again it reads on from what is committed, or from what it had settled.
func TestAnotherMemberID(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	admin := kafkatest.Dial(t, k)
	kafkatest.Produce(t, admin, append(kafkatest.Numbered("t", 0, "a", 10), kafkatest.Numbered("t", 1, "b", 10)...)...)
	m := build(t, k)
	m.sink.holds(func(string) bool { return true })
	m.run()
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 20 })
	kafkatest.Await(t, "the beginnings", func() bool {
		return kafkatest.Committed(k, group, "t", 0) == 0 && kafkatest.Committed(k, group, "t", 1) == 0
	})
	id, _ := m.source.client.GroupMetadata()

	var refused atomic.Bool
	k.Cluster.ControlKey(int16(kmsg.JoinGroup), func(r kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		req := r.(*kmsg.JoinGroupRequest)
		if req.MemberID != id {
			return nil, nil, false
		}
		if refused.CompareAndSwap(false, true) {
			m.sink.holds(nil) // all is acknowledged, and could be committed
			go func() {
				leave := kmsg.NewPtrLeaveGroupRequest()
				leave.Group, leave.MemberID = group, id
				member := kmsg.NewLeaveGroupRequestMember()
				member.MemberID = id
				leave.Members = append(leave.Members, member)
				_, _ = admin.Request(context.Background(), leave)
			}()
		}
		resp := req.ResponseKind().(*kmsg.JoinGroupResponse)
		resp.ErrorCode = kerr.UnknownMemberID.Code
		return resp, nil, true
	})
	kafkatest.Dial(t, k, kgo.ConsumerGroup(group), kgo.ConsumeTopics("t"), kgo.Balancers(kgo.CooperativeStickyBalancer()), kgo.DisableAutoCommit())

	kafkatest.Await(t, "one partition to be revoked", func() bool {
		return refused.Load() && m.owned() == 1 && m.logs.FilterMessage("partitions revoked").Len() == 1
	})
	kept := int32(0)
	if m.assignment("t", 0) == nil {
		kept = 1
	}
	commits(t, k, "t", kept, 10)
	if got := kafkatest.Committed(k, group, "t", 1-kept); got != 0 {
		t.Errorf("%d is committed of the partition that is another member's", got)
	}
	kafkatest.Produce(t, admin, kafkatest.Numbered("t", kept, "c", 5)...)
	commits(t, k, "t", kept, 15)
	if n := len(m.sink.times()); n != 25 {
		t.Errorf("%d of 25 records came", n)
	}
}

// What is given again is read on from where others are, if that is further.
func TestReclaimGoesOnWhereOthersAre(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	producer := kafkatest.Dial(t, k)
	kafkatest.Produce(t, producer, kafkatest.Numbered("t", 0, "v", 3)...)
	m := join(t, k)
	commits(t, k, "t", 0, 3)
	m.sink.holds(func(string) bool { return true })
	kafkatest.Produce(t, producer, kafkatest.Numbered("t", 0, "w", 7)...)
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 7 })

	// As if this assignment had seen nothing of what is committed.
	earlier := m.assignment("t", 0)
	m.source.gate.Lock()
	blank := newAssignment(earlier.TopicPartition, "an earlier member", offsets.NewTracker("t", 0, earlier.part.Origin, m.window))
	blank.part.Begin(offsets.Position{Offset: 1}, progress.Progress{})
	earlier.part.Close()
	m.source.assigned[earlier.TopicPartition] = blank
	m.source.gate.Unlock()
	kafkatest.Await(t, "a new assignment", func() bool { a := m.assignment("t", 0); return a != nil && a != blank && a != earlier })
	m.sink.holds(nil)
	commits(t, k, "t", 0, 10)
	for body, n := range m.sink.times() {
		if body[0] == 'v' && n != 1 {
			t.Errorf("%s came %d times, though it was committed", body, n)
		}
	}
}

// Of an assignment that has not begun nothing was read: it becomes the new member's, and there is nothing to tell.
func TestReclaimOfWhatHasNotBegun(t *testing.T) {
	t.Parallel()
	m := join(t, kafkatest.Cluster(t, 1))
	kafkatest.Await(t, "an owner", func() bool { return m.owned() == 1 })
	of := m.assignment("t", 0)
	at := kafka.TopicPartition{Topic: "t", Partition: 7} // of which nothing is committed
	m.source.gate.Lock()
	blank := newAssignment(at, "an earlier member", offsets.NewTracker("t", 7, of.part.Origin, m.window))
	m.source.assigned[at] = blank
	m.source.gate.Unlock()
	kafkatest.Await(t, "the current member", func() bool { a := m.assignment("t", 7); return a != blank && a.member == of.member })
	if m.assignment("t", 7).begun() {
		t.Error("it is taken to have begun")
	}
	if n := m.logs.FilterMessageSnippet("another member id").Len(); n > 0 {
		t.Errorf("told %d times", n)
	}
}

// Where a partition begins is committed before it is read, also where it was assigned to an earlier member, which has
// read nothing of it.
func TestBeginningOfAnEarlierMembersPartition(t *testing.T) {
	t.Parallel()
	for name, begun := range map[string]bool{"known": true, "not known": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 10)...)
			m := owner(t, k)
			kafkatest.Await(t, "a beginning", func() bool { return m.assignment("t", 0).begun() })
			earlier := m.assignment("t", 0)
			m.source.gate.Lock()
			earlier.part.Close()
			blank := newAssignment(earlier.TopicPartition, "an earlier member", offsets.NewTracker("t", 0, earlier.part.Origin, m.window))
			if begun {
				blank.part.Begin(offsets.Position{Offset: 5, Epoch: -1}, progress.Progress{})
			}
			m.source.assigned[earlier.TopicPartition] = blank
			m.source.opts.Starts = kadm.Offsets{}
			m.source.opts.Starts.Add(kadm.Offset{Topic: "t", At: 5, LeaderEpoch: -1})
			m.source.gate.Unlock()
			offsets := map[string]map[int32]kgo.Offset{"t": {0: kgo.NewOffset().AtStart()}}
			if _, err := m.source.adjustOffsets(t.Context(), offsets); err != nil {
				t.Fatal(err)
			}
			if at := kafkatest.Committed(k, group, "t", 0); at != 5 {
				t.Errorf("%d is committed when reading begins", at)
			}
		})
	}
}
