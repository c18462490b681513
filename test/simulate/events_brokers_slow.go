package simulate

import (
	"net"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// ofCoordinators are the requests that coordinators answer.
var ofCoordinators = []kmsg.Key{kmsg.JoinGroup, kmsg.SyncGroup, kmsg.Heartbeat, kmsg.OffsetCommit, kmsg.OffsetFetch, kmsg.FindCoordinator, kmsg.LeaveGroup}

// delayCoordinators has what coordinators answer take as long as is said, as they do under load; what else is
// asked on the same connection waits behind it.
func (b *brokers) delayCoordinators() {
	for _, key := range ofCoordinators {
		b.cluster.ControlKey(int16(key), func(kmsg.Request) (kmsg.Response, error, bool) {
			b.cluster.KeepControl()
			if d := time.Duration(b.late.Load()); d > 0 {
				b.cluster.SleepControl(func() { sleep(b.w.ctx, d) })
			}
			return nil, nil, false
		})
	}
}

func slowCoordinator(w *world, e Event) error {
	w.brokers.late.Store(int64(time.Duration(e.Count) * time.Millisecond))
	w.during(e.For, func() { w.brokers.late.Store(0) })
	return nil
}

// port returns that of an address.
func port(address string) int {
	_, text, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(text)
	return n
}
