package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge"
)

// Sharing says which destinations the shared group sends to, and which have a consumer group of
// their own. The zero Sharing is that of such a group: it shares with nobody.
type Sharing struct {
	// Sends are the destinations that the shared group sends to.
	Sends []string
	// Apart are those that have a group of their own.
	Apart []string
	// Group names the group that a destination has, or would have, for itself.
	Group func(destination string) string
}

// none says whether this is the Sharing of a group that shares with nobody. A note in the offsets of such
// a group is that of another: earlier versions copied those of the shared group.
func (s Sharing) none() bool { return s.Group == nil }

// owed returns the destinations that the shared group is to take back, with the offset at which the
// group of each stopped: those that were apart by the note of the last commit, and where that says
// nothing, those whose groups have stopped below it. own looks up what those have committed.
func (s Sharing) owed(last kadm.Offset, own func(destination string) (kadm.Offset, bool)) map[string]kadm.Offset {
	reach, known := bridge.ParseReach(last.Metadata)
	owed := map[string]kadm.Offset{}
	for _, d := range s.Sends {
		since, away := reach.Away[d]
		stopped, has := own(d)
		switch {
		case away && !has:
			owed[d] = kadm.Offset{At: since, LeaderEpoch: -1} // it has never begun
		case away, !known && has && stopped.At < last.At:
			owed[d] = stopped
		}
	}
	return owed
}

// begin returns where the shared group begins to read a partition after its last commit, and how
// far the destinations are done then.
func (s Sharing) begin(last kadm.Offset, own func(destination string) (kadm.Offset, bool)) (kadm.Offset, bridge.Reach) {
	if s.none() {
		return last, bridge.Reach{Rest: last.At}
	}
	before, _ := bridge.ParseReach(last.Metadata)
	reach := bridge.Reach{Rest: max(before.Rest, last.At), Done: map[string]int64{}, Away: map[string]int64{}}
	for d := range before.Done {
		reach.Done[d] = before.Of(d, last.At)
	}
	for d, since := range before.Away {
		// One that is no more may be back before its group is forgotten.
		if _, has := own(d); has && !slices.Contains(s.Sends, d) {
			reach.Away[d] = since
		}
	}
	for _, d := range s.Apart {
		reach.Away[d] = before.Of(d, last.At)
		delete(reach.Done, d)
	}
	at := last
	for d, stopped := range s.owed(last, own) {
		reach.Done[d] = stopped.At
		if stopped.At < at.At {
			at.At, at.LeaderEpoch = stopped.At, stopped.LeaderEpoch
		}
	}
	return at, reach
}

// asked returns the destinations whose own groups matter to partitions with these notes; true for
// those that are to be taken back.
func (s Sharing) asked(notes map[place]string) map[string]bool {
	asked := map[string]bool{}
	if s.none() {
		return asked
	}
	for _, note := range notes {
		reach, known := bridge.ParseReach(note)
		for _, d := range s.Sends {
			if _, away := reach.Away[d]; away || !known {
				asked[d] = asked[d] || away
			}
		}
		for d := range reach.Away {
			if !slices.Contains(s.Apart, d) {
				asked[d] = asked[d] || false
			}
		}
	}
	return asked
}

// beginAt is begin for an offset as the client has it.
func (s Sharing) beginAt(o kgo.Offset, note string, own func(destination string) (kadm.Offset, bool)) (kgo.Offset, bridge.Reach) {
	last := o.EpochOffset()
	first, reach := s.begin(kadm.Offset{At: last.Offset, LeaderEpoch: last.Epoch, Metadata: note}, own)
	if first.At != last.Offset {
		o = kgo.NewOffset().At(first.At).WithEpoch(first.LeaderEpoch)
	}
	return o, reach
}

// Backlog returns, for each destination that the shared group is to take back, how many records at
// most it had still to get when its own group stopped. committed is what the shared group has
// committed.
func (s Sharing) Backlog(ctx context.Context, admin *kadm.Client, committed kadm.OffsetResponses) (map[string]int64, error) {
	own, err := s.stopped(ctx, admin, s.asked(notesOf(committed)))
	if err != nil {
		return nil, err
	}
	backlog := map[string]int64{}
	committed.Each(func(o kadm.OffsetResponse) {
		for d, stopped := range s.owed(o.Offset, own.of(place{o.Topic, o.Partition}, bridge.Origin{})) {
			if n := o.At - stopped.At; n > 0 {
				backlog[d] += n
			}
		}
	})
	return backlog, nil
}

func notesOf(committed kadm.OffsetResponses) map[place]string {
	notes := map[place]string{}
	committed.Each(func(o kadm.OffsetResponse) { notes[place{o.Topic, o.Partition}] = o.Metadata })
	return notes
}

// ownOffsets are what the groups of destinations have committed, by destination.
type ownOffsets map[string]kadm.OffsetResponses

// of returns the look-up for a partition of a topic; what is of an earlier topic does not count.
func (o ownOffsets) of(at place, topic bridge.Origin) func(destination string) (kadm.Offset, bool) {
	return func(destination string) (kadm.Offset, bool) {
		r, ok := o[destination].Lookup(at.topic, at.partition)
		return r.Offset, ok && r.At >= 0 && !topic.Replaces(r.Metadata)
	}
}

// stopped looks up what the groups of destinations have committed. One that does not exist has
// nothing, and so has one that may not be looked at, unless it is to be taken back.
func (s Sharing) stopped(ctx context.Context, admin *kadm.Client, asked map[string]bool) (ownOffsets, error) {
	var groups []string
	for d := range asked {
		groups = append(groups, s.Group(d))
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	found := admin.FetchManyOffsets(ctx, groups...)
	own := ownOffsets{}
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
