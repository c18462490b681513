package handover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// Backlog is what a destination that the shared group is to take back had still to get when a group of its
// own stopped.
type Backlog struct {
	Of      string // the destination that the group was of
	Records int64  // at most
}

// Backlog returns that of each destination. committed is what the shared group has committed.
func (s Sharing) Backlog(ctx context.Context, admin *kadm.Client, committed kadm.OffsetResponses) (map[string]Backlog, error) {
	own, err := s.Stopped(ctx, admin, s.Asked(NotesOf(committed)))
	if err != nil {
		return nil, err
	}
	backlog := map[string]Backlog{}
	committed.Each(func(o kadm.OffsetResponse) {
		for d, owed := range s.owed(o.Offset, own.Of(kafka.TopicPartition{Topic: o.Topic, Partition: o.Partition}, offsets.TopicIdentity{})) {
			if n := o.At - owed.stopped.At; n > 0 {
				backlog[d] = Backlog{owed.of, backlog[d].Records + n}
			}
		}
	})
	return backlog, nil
}

// NotesOf returns the notes that stand with what a group has committed.
func NotesOf(committed kadm.OffsetResponses) map[kafka.TopicPartition]string {
	notes := map[kafka.TopicPartition]string{}
	committed.Each(func(o kadm.OffsetResponse) {
		notes[kafka.TopicPartition{Topic: o.Topic, Partition: o.Partition}] = o.Metadata
	})
	return notes
}

// OwnOffsets are what the groups of destinations have committed, by destination.
type OwnOffsets map[string]kadm.OffsetResponses

// Of returns the look-up for a partition of a topic; what is of an earlier topic does not count.
func (o OwnOffsets) Of(at kafka.TopicPartition, topic offsets.TopicIdentity) func(destination string) (kadm.Offset, bool) {
	return func(destination string) (kadm.Offset, bool) {
		r, ok := o[destination].Lookup(at.Topic, at.Partition)
		return r.Offset, ok && r.At >= 0 && !topic.Replaces(r.Metadata)
	}
}

// Stopped looks up what the groups of destinations have committed. One that does not exist has
// nothing, and so has one that may not be looked at, unless it is to be taken back.
func (s Sharing) Stopped(ctx context.Context, admin *kadm.Client, asked map[string]bool) (OwnOffsets, error) {
	var groups []string
	for d := range asked {
		groups = append(groups, s.Group(d))
	}
	ctx, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	found := admin.FetchManyOffsets(ctx, groups...)
	own := OwnOffsets{}
	for d, back := range asked {
		r, ok := found[s.Group(d)]
		err := errors.Join(r.Err, r.Fetched.Error())
		switch {
		case !ok:
			return nil, fmt.Errorf("reading what group %s has committed: no answer", s.Group(d))
		case err == nil:
			own[d] = r.Fetched
		case errors.Is(err, kerr.GroupIDNotFound):
		case errors.Is(err, kerr.GroupAuthorizationFailed) && !back:
		default:
			return nil, fmt.Errorf("reading what group %s has committed: %w", s.Group(d), err)
		}
	}
	return own, nil
}

// LookUp returns how far groups are by what they have committed: what is known of partitions that other
// instances read. The sharing is that of the shared group. Groups that cannot be looked up are not in what
// it returns; the error names them.
func LookUp(ctx context.Context, c kafka.Connection, shared string, sharing Sharing, groups []string) (all map[string]Reached, err error) {
	err = kafka.WithAdmin(ctx, c, func(admin *kadm.Client) error {
		all, err = LookUpBy(ctx, admin, shared, sharing, groups)
		return err
	})
	return all, err
}

// LookUpBy is LookUp by a client.
func LookUpBy(ctx context.Context, admin *kadm.Client, shared string, sharing Sharing, groups []string) (map[string]Reached, error) {
	all := map[string]Reached{}
	var failed error
	for _, group := range groups {
		found, err := kafka.FetchOffsets(ctx, admin, group)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		of := Sharing{}
		if group == shared {
			of = sharing
		}
		own, err := of.Stopped(ctx, admin, of.Asked(NotesOf(found)))
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		reached := Reached{}
		found.Each(func(o kadm.OffsetResponse) {
			if at := (kafka.TopicPartition{Topic: o.Topic, Partition: o.Partition}); o.At >= 0 {
				reached.Set(at, of.committed(o.Offset, own.Of(at, offsets.TopicIdentity{})))
			}
		})
		all[group] = reached
	}
	return all, failed
}

// earlierOffsets looks up what the groups of a destination's earlier names have committed.
func (s Sharing) earlierOffsets(ctx context.Context, admin *kadm.Client, destination string, committed kadm.OffsetResponses) (OwnOffsets, error) {
	before := OwnOffsets{}
	for _, note := range NotesOf(committed) {
		reach, _ := progress.Parse(note)
		for _, d := range s.earlier(destination, reach) {
			if _, done := before[d]; done {
				continue
			}
			offsets, err := kafka.FetchOffsets(ctx, admin, s.Group(d))
			if err != nil {
				return nil, err
			}
			before[d] = offsets
		}
	}
	return before, nil
}

// GivenUp returns the groups that destinations had by the notes of the shared group, and have no more: a start with
// another configuration gives them up.
func (s Sharing) GivenUp(ctx context.Context, c kafka.Connection, shared string) (groups []string, err error) {
	err = kafka.WithAdmin(ctx, c, func(admin *kadm.Client) error {
		committed, err := kafka.FetchOffsets(ctx, admin, shared)
		if err != nil {
			return err
		}
		given := map[string]bool{}
		for _, note := range NotesOf(committed) {
			reach, _ := progress.Parse(note)
			for d := range reach.Isolated {
				if !slices.Contains(s.Apart, d) {
					given[s.Group(d)] = true
				}
			}
		}
		groups = slices.Sorted(maps.Keys(given))
		return nil
	})
	return groups, err
}
