package simulate

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// ghostAfter is how much longer than its session and a rebalance a member is in a group that is not heard of.
const ghostAfter = 5 * time.Second

// hearsay is when members of groups were heard of.
type hearsay struct {
	mu    sync.Mutex
	heard map[string]time.Time // by member id
}

// watchMembers has brokers note whom they hear of.
func (w *world) watchMembers() {
	c := w.kafka.Cluster
	for _, key := range []kmsg.Key{kmsg.JoinGroup, kmsg.SyncGroup, kmsg.Heartbeat, kmsg.OffsetCommit} {
		c.ControlKey(int16(key), func(r kmsg.Request) (kmsg.Response, error, bool) {
			c.KeepControl()
			switch r := r.(type) {
			case *kmsg.JoinGroupRequest:
				w.hearsay.hear(r.MemberID)
			case *kmsg.SyncGroupRequest:
				w.hearsay.hear(r.MemberID)
			case *kmsg.HeartbeatRequest:
				w.hearsay.hear(r.MemberID)
			case *kmsg.OffsetCommitRequest:
				w.hearsay.hear(r.MemberID)
			}
			return nil, nil, false
		})
	}
}

func (h *hearsay) hear(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard[id] = time.Now()
}

// silent says whether a member was not heard of for so long, since it was first seen.
func (h *hearsay) silent(id string, d time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, ok := h.heard[id]
	if !ok {
		h.heard[id] = time.Now()
	}
	return ok && time.Since(at) > d
}

// buryGhosts has members leave that are in a group for longer than brokers wait for them. The embedded Kafka begins a
// session with the answer to a join or a sync; where nobody is there any more to take that, as the client has ended
// or has another connection, it never ends.
func (w *world) buryGhosts() {
	for _, of := range append(w.setup.isolated(), "") {
		info := w.kafka.Cluster.GroupInfo(groupOf(of))
		if info == nil {
			continue
		}
		for _, member := range info.Members {
			if w.hearsay.silent(member.MemberID, w.longestSession()+rebalanceTimeout+ghostAfter) {
				w.leaves(info.Group, member.MemberID)
			}
		}
	}
}

// longestSession is that of any configuration until now.
func (w *world) longestSession() (most time.Duration) {
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	for i := range w.ledger.reigns {
		most = max(most, w.ledger.reigns[i].setup.Session)
	}
	return most
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
