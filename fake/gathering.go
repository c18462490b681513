package fake

import (
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Gathering returns a balancer that shares partitions as another one does, and not before told is closed: until then the
// group of its member is coming together, in the state CompletingRebalance.
func Gathering(as kgo.GroupBalancer, told <-chan struct{}) kgo.GroupBalancer {
	return &gathering{as, told}
}

type gathering struct {
	kgo.GroupBalancer
	told <-chan struct{}
}

// MemberBalancer is what the leader of the group asks for the plan.
func (g *gathering) MemberBalancer(members []kmsg.JoinGroupResponseMember) (kgo.GroupMemberBalancer, map[string]struct{}, error) {
	<-g.told
	return g.GroupBalancer.MemberBalancer(members)
}
