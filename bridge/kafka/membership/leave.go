package membership

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Leave tells the broker that a member of a group goes, by its member id. An error says that the broker was not told.
func Leave(ctx context.Context, client *kgo.Client, group, id string) error {
	req := kmsg.NewPtrLeaveGroupRequest()
	member := kmsg.NewLeaveGroupRequestMember()
	member.MemberID = id
	req.Group, req.MemberID, req.Members = group, id, []kmsg.LeaveGroupRequestMember{member}
	_, err := req.RequestWith(ctx, client)
	return err
}
