package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Seed commits for one group what another has committed, for the partitions for which the first has
// nothing: so a destination that gets a group of its own goes on where the shared group was. It is
// called before the shared group moves on without the destination. Where the group has members
// already, they have been through this.
func Seed(ctx context.Context, c Connection, from, to string) error {
	opts, err := c.Options()
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return fmt.Errorf("setting up the Kafka client: %w", err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	committed, err := offsetsOf(ctx, admin, from)
	if err != nil {
		return err
	}
	has, err := offsetsOf(ctx, admin, to)
	if err != nil {
		return err
	}
	missing := kadm.Offsets{}
	committed.Each(func(o kadm.OffsetResponse) {
		if own, ok := has.Lookup(o.Topic, o.Partition); o.At >= 0 && (!ok || own.At < 0) {
			missing.Add(o.Offset)
		}
	})
	if len(missing) == 0 {
		return nil
	}
	err = admin.CommitAllOffsets(ctx, to, missing)
	if errors.Is(err, kerr.UnknownMemberID) {
		return nil
	}
	return err
}

// offsetsOf returns what a group has committed; nothing for a group that does not exist.
func offsetsOf(ctx context.Context, admin *kadm.Client, group string) (kadm.OffsetResponses, error) {
	offsets, err := admin.FetchOffsets(ctx, group)
	if err == nil {
		err = offsets.Error()
	}
	if errors.Is(err, kerr.GroupIDNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what group %s has committed: %w", group, err)
	}
	return offsets, nil
}
