package simulate

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// ghostAfter is how much longer than its session a member is in a group at the most that has ended without a word.
const ghostAfter = 5 * time.Second

// buryGhosts has members leave that are in a group for longer than their sessions. The embedded Kafka begins a
// session with the answer to a join or a sync; where nobody is there any more to take that, it never ends.
func (w *world) buryGhosts() {
	for _, of := range append(w.setup.isolated(), "") {
		info := w.kafka.Cluster.GroupInfo(groupOf(of))
		if info == nil {
			continue
		}
		for _, member := range info.Members {
			party := w.network.dialled(member.ClientHost)
			for _, m := range w.members {
				if m.name == party && m.over(m.setup.Session+ghostAfter) {
					w.leaves(info.Group, member.MemberID)
				}
			}
		}
	}
}

// over says whether a member has ended for so long.
func (m *member) over(d time.Duration) bool {
	select {
	case <-m.stopped:
		return time.Since(m.life.ended) > d
	default:
		return false
	}
}

// leaves tells the brokers that a member leaves. Where they refuse that, it is told again.
func (w *world) leaves(group, id string) {
	ctx, cancel := context.WithTimeout(w.ctx, time.Second)
	defer cancel()
	member := kmsg.NewLeaveGroupRequestMember()
	member.MemberID = id
	req := kmsg.NewPtrLeaveGroupRequest()
	req.Group, req.Members = group, append(req.Members, member)
	_, _ = req.RequestWith(ctx, w.producer)
}
