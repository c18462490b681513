package membership

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// A static member does not leave its group when it stops, so that it may come back (KIP-345): until its session
// has ended, the group has a member, and its partitions have an owner. A member that is not to come back
// has to be removed: nobody would read its partitions, and nobody who is no member could say where the
// group goes on.

// Withdraw removes a static member from groups.
func Withdraw(ctx context.Context, c kafka.Connection, instanceID string, groups []string) error {
	return kafka.WithAdmin(ctx, c, func(admin *kadm.Client) error { return withdraw(ctx, admin, instanceID, groups) })
}

func withdraw(ctx context.Context, admin *kadm.Client, instanceID string, groups []string) (failed error) {
	for _, group := range groups {
		left, err := admin.LeaveGroup(ctx, kadm.LeaveGroup(group).InstanceIDs(instanceID).Reason("the configuration has no such group any more"))
		if err == nil {
			err = left.Error()
		}
		if err != nil && !errors.Is(err, kerr.UnknownMemberID) && !errors.Is(err, kerr.GroupIDNotFound) {
			failed = errors.Join(failed, fmt.Errorf("removing member %s of group %s: %w", instanceID, group, err))
		}
	}
	return failed
}
