package consumer

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// A member stops though the broker never says that it has left: the group gives it up by itself.
func TestLeaveIsNotAnswered(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := join(t, k)
	kafkatest.Await(t, "the assignment", func() bool { return m.owned() == 1 })
	asked, gone := make(chan struct{}, 10), make(chan struct{})
	t.Cleanup(func() { close(gone) })
	k.Cluster.ControlKey(int16(kmsg.LeaveGroup), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		asked <- struct{}{}
		k.Cluster.SleepControl(func() { <-gone })
		return nil, nil, false
	})
	m.stop()
	<-asked
	kafkatest.Await(t, "the stop", func() bool {
		select {
		case <-m.done:
			return true
		default:
			return false
		}
	})
}

// A member that has found no broker yet stops, whatever time there is for a dial that nobody answers.
func TestStopWhileConnecting(t *testing.T) {
	t.Parallel()
	dialled := make(chan struct{}, 100)
	m := build(t, kafkatest.Cluster(t, 1), func(o *Options) {
		o.Connection.DialTimeout = time.Hour
		o.Connection.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			dialled <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
	<-dialled // by the client itself: what asks for the broker after that waits for it
	m.run()
	m.stop()
	kafkatest.Await(t, "the stop", func() bool {
		select {
		case <-m.done:
			return true
		default:
			return false
		}
	})
}

// The committer ends with the time that a drain has, so that the last commit has no other to wait for; and goes on
// where it is not needed.
func TestCommitterEndsWithTheDrain(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		drain time.Duration
		held  bool
	}{
		"a drain that is too short": {10 * time.Millisecond, true},
		"a drain that is done":      {time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			m := build(t, k, func(o *Options) { o.DrainTimeout = row.drain })
			m.slow.holds(func(string) bool { return row.held })
			m.run()
			kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "slow", 1)...)
			if row.held {
				kafkatest.Await(t, "a record in flight", func() bool { n, _ := m.window.Held(); return n == 1 })
			} else {
				commits(t, k, "t", 0, 1)
			}
			ended := make(chan struct{})
			m.source.leave(t.Context(), func() { close(ended) })
			if row.held {
				<-ended
				m.slow.holds(nil)
				return
			}
			select {
			case <-ended:
				t.Error("the committer is ended within the drain")
			default:
			}
		})
	}
}

// A member that stops while it waits for the answer to its request to join leaves the group all the same: it would be
// given partitions that nobody reads.
func TestLeaveWhileJoining(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	asked, gone := make(chan string, 10), make(chan struct{})
	t.Cleanup(func() { close(gone) })
	k.Cluster.ControlKey(int16(kmsg.JoinGroup), func(r kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		if id := r.(*kmsg.JoinGroupRequest).MemberID; id != "" {
			asked <- id
			k.Cluster.SleepControl(func() { <-gone })
		}
		return nil, nil, false
	})
	left := make(chan string, 10)
	k.Cluster.ControlKey(int16(kmsg.LeaveGroup), func(r kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		left <- r.(*kmsg.LeaveGroupRequest).Members[0].MemberID
		return nil, nil, false
	})
	m := join(t, k)
	id := <-asked
	m.stop()
	select {
	case who := <-left:
		if who != id {
			t.Errorf("%s left, and not %s", who, id)
		}
	case <-time.After(time.Minute):
		t.Error("the group does not hear of it")
	}
}
