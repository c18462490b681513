package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// A static member does not leave its group when it stops, so that it may come back (KIP-345): until its session
// has ended, the group has a member, and its partitions have an owner. A member that is not to come back
// has to be removed: nobody would read its partitions, and nobody who is no member could say where the
// group goes on.

// Withdraw removes a static member from groups.
func Withdraw(ctx context.Context, c Connection, instanceID string, groups []string) error {
	return withAdmin(c, func(admin *kadm.Client) error { return withdraw(ctx, admin, instanceID, groups) })
}

// WithdrawEarlier removes a static member from the groups that destinations had by the notes of the shared
// group, and have no more: a start with another configuration gives them up.
func WithdrawEarlier(ctx context.Context, c Connection, instanceID, shared string, s Sharing) error {
	return withAdmin(c, func(admin *kadm.Client) error {
		committed, err := offsetsOf(ctx, admin, shared)
		if err != nil {
			return err
		}
		groups := map[string]bool{}
		for _, note := range notesOf(committed) {
			reach, _ := offsets.ParseReach(note)
			for d := range reach.Away {
				if !slices.Contains(s.Apart, d) {
					groups[s.Group(d)] = true
				}
			}
		}
		return withdraw(ctx, admin, instanceID, slices.Sorted(maps.Keys(groups)))
	})
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

func withAdmin(c Connection, do func(*kadm.Client) error) error {
	return withClient(c, func(client *kgo.Client) error { return do(kadm.NewClient(client)) })
}

func withClient(c Connection, do func(*kgo.Client) error) error {
	opts, err := c.Options()
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return fmt.Errorf("setting up the Kafka client: %w", err)
	}
	defer client.Close()
	return do(client)
}
