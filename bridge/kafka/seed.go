package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge"
)

// Seed has the group of its own, to, of a destination begin where the shared group, from, is done
// with it, wherever it does not go on from an earlier time: an offset that the shared group has
// taken back since counts for nothing. It is called before the shared group moves on without the
// destination. Where the group has members already, they have been through this.
func Seed(ctx context.Context, c Connection, from, to, destination string) error {
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
		own, ok := has.Lookup(o.Topic, o.Partition)
		ok = ok && own.At >= 0
		reach, known := bridge.ParseReach(o.Metadata)
		_, away := reach.Away[destination]
		begin := reach.Of(destination, o.At)
		// Beyond the shared group is one that has begun before that could commit.
		if o.At < 0 || ok && (away || !known || own.At >= begin) {
			return
		}
		if begin != o.At {
			o.At, o.LeaderEpoch = begin, -1
		}
		// Who is done how far in the shared group is no business of this one: the topic's mark goes along only.
		o.Metadata = bridge.MarkIn(o.Metadata)
		missing.Add(o.Offset)
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
