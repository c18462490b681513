package kafka

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A member stops though the broker never says that it has left: the group gives it up by itself.
func TestLeaveIsNotAnswered(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	m := join(t, k)
	await(t, "the assignment", func() bool { return m.owned() == 1 })
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
	await(t, "the stop", func() bool {
		select {
		case <-m.done:
			return true
		default:
			return false
		}
	})
}
