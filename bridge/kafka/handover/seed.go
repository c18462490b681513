package handover

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// Seed has the group of its own of a destination begin where the shared group is done with it, or where the
// group of its earlier name has stopped, wherever it does not go on from an earlier time: an offset that
// the shared group has taken back since counts for nothing. It is called before the shared group moves
// on without the destination. Where the group has members already, they have been through this.
func Seed(ctx context.Context, c kafka.Connection, shared string, s Sharing, destination string, log *zap.Logger) error {
	return kafka.WithAdmin(ctx, c, func(admin *kadm.Client) error { return s.seed(ctx, admin, shared, destination, log) })
}

func (s Sharing) seed(ctx context.Context, admin *kadm.Client, shared, destination string, log *zap.Logger) error {
	committed, err := kafka.FetchOffsets(ctx, admin, shared)
	if err != nil {
		return err
	}
	has, err := kafka.FetchOffsets(ctx, admin, s.Group(destination))
	if err != nil {
		return err
	}
	if err := errors.Join(CheckVersions(shared, committed), CheckVersions(s.Group(destination), has)); err != nil {
		return err
	}
	before, err := s.earlierOffsets(ctx, admin, destination, committed)
	if err != nil {
		return err
	}
	missing, inherits := s.seeds(destination, committed, has, before)
	if len(missing) == 0 {
		return nil
	}
	err = admin.CommitAllOffsets(ctx, s.Group(destination), missing)
	if errors.Is(err, kerr.UnknownMemberID) {
		return nil
	}
	if err == nil && inherits != nil {
		log.Info("the destination has the address of a removed one, and goes on where that one stopped",
			zap.String("destination", destination), zap.String("before", inherits.Of), zap.Int64("records", inherits.Records))
	}
	return err
}

// seeds returns where the group of a destination is to begin, and what it gets of a group of its earlier name.
func (s Sharing) seeds(destination string, committed, has kadm.OffsetResponses, before OwnOffsets) (missing kadm.Offsets, inherits *Backlog) {
	missing = kadm.Offsets{}
	committed.Each(func(o kadm.OffsetResponse) {
		at := kafka.TopicPartition{Topic: o.Topic, Partition: o.Partition}
		own, ok := has.Lookup(o.Topic, o.Partition)
		ok = ok && own.At >= 0
		reach, known := progress.Parse(o.Metadata)
		_, away := reach.Isolated[destination]
		begin := kadm.Offset{At: reach.Of(destination, o.At), LeaderEpoch: -1}
		if begin.At == o.At {
			begin.LeaderEpoch = o.LeaderEpoch
		}
		stopped, of := s.inherited(destination, reach, before.Of(at, offsets.TopicIdentity{}))
		if of != "" {
			begin = stopped
		}
		// Beyond the shared group is one that has begun before that could commit.
		if o.At < 0 || ok && (away || !known || own.At >= begin.At) {
			return
		}
		if of != "" {
			if inherits == nil {
				inherits = &Backlog{Of: of}
			}
			inherits.Records += max(o.At-begin.At, 0)
		}
		// Who is done how far in the shared group is no business of this one: the topic's mark goes along only.
		missing.Add(kadm.Offset{Topic: o.Topic, Partition: o.Partition, At: begin.At, LeaderEpoch: begin.LeaderEpoch, Metadata: offsets.FingerprintIn(o.Metadata)})
	})
	return missing, inherits
}
