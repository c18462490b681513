package consumer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/commit"
	"github.com/sluice-bridge/sluice/bridge/kafka/trail"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// assignment is a partition for as long as this member owns it.
type assignment struct {
	kafka.TopicPartition
	*trail.Trail
	part          *offsets.Tracker
	member        string // id of the member that it was assigned to
	highWatermark atomic.Int64
	remade        bool // what is committed is of an earlier topic of the name
	entry         *commit.Entry

	early bool // the client is still to be told where to begin; guarded by the gate

	// Of the poll loop.
	paused  atomic.Bool
	waiting offsets.Waiting // for the intake; guarded by the gate
	back    bool            // what waited is read again when more may wait
	lack    watch.Lack      // of the schemas that the first of them waits for
	again   time.Time       // when it is to be offered again
	fetched atomic.Bool     // since the last look at the log
	bare    atomic.Int64    // between what is settled and this offset there are no records

	// Of the poll loop: batches that the client cannot read.
	doubt   error  // why the next batch is to be read alone
	refused int    // how often in a row that did not fit
	alone   *alone // what is read alone; nil for nothing
	silence watch.Silence
	unseen  bool // the latest look at why has failed, and that was told

	// Of the watch.
	looked watch.Look
	stall  watch.Stall
	mute   bool // the latest look got no answer of where it ends
}

func newAssignment(at kafka.TopicPartition, member string, part *offsets.Tracker) *assignment {
	return &assignment{TopicPartition: at, Trail: trail.New(part), member: member, part: part, waiting: offsets.NewWaiting(part), entry: commit.NewEntry(at, part, member),
		looked: watch.Look{Next: -1}}
}

// entries are what is committed of assignments.
func entries(of []*assignment) []*commit.Entry {
	all := make([]*commit.Entry, len(of))
	for i, a := range of {
		all[i] = a.entry
	}
	return all
}

// onAssigned begins assignments. An empty map comes as a matter of course, at every start of a
// session.
func (s *Source) onAssigned(ctx context.Context, _ *kgo.Client, partitions map[string][]int32) {
	<-s.made
	s.joined.Store(true)
	member, _ := s.client.GroupMetadata()
	s.gate.Lock()
	s.member = member
	s.gate.Unlock()
	if len(partitions) == 0 {
		s.health.Resolve(s.key()) // with partitions it is once it is known where they begin
		return
	}
	known, unknown := s.origins(ctx, partitions)
	if ctx.Err() != nil {
		return // the client is closing
	}
	s.dropAsides(partitions)
	s.replace(ctx, partitions, known)
	s.gate.Lock()
	defer s.gate.Unlock()
	s.client.ResumeFetchPartitions(partitions) // what was paused as nobody's
	for topic, ids := range partitions {
		origin, ok := known[topic]
		if !ok {
			origin, ok = s.readAlready(topic)
		}
		switch {
		case ok:
			for _, id := range ids {
				p := kafka.TopicPartition{Topic: topic, Partition: id}
				a := newAssignment(p, s.member, offsets.NewTracker(topic, id, origin, s.window))
				a.early = true
				s.assigned[p] = a
			}
		case gone(unknown[topic]):
			s.failing.Report(kafka.TopicPartition{Topic: topic, Partition: -1}, kafka.Undescribed(unknown[topic]), false) // the client says nothing of it
			s.renew(topic)
		default:
			s.setAside(topic, ids, unknown[topic])
		}
	}
	s.log.Info("partitions assigned", zap.Any("partitions", partitions))
}

// origins looks up the identity of topics: without, deduplication ids would not be what they were before. It does not take
// longer than a rebalance may, while the session waits.
func (s *Source) origins(ctx context.Context, partitions map[string][]int32) (known map[string]offsets.TopicIdentity, unknown map[string]error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.RebalanceTimeout/2)
	defer cancel()
	return kafka.Identify(ctx, s.client, slices.Collect(maps.Keys(partitions)), s.log)
}

// gone says whether a topic was deleted, and not only may not be described.
func gone(err error) bool { return errors.Is(err, kerr.UnknownTopicOrPartition) }

// readAlready returns the identity of a topic of which other partitions are read. If it is another topic
// now, the client will find that out. Called with the gate locked.
func (s *Source) readAlready(topic string) (offsets.TopicIdentity, bool) {
	for at, a := range s.assigned {
		if at.Topic == topic {
			return a.part.Origin, true
		}
	}
	return offsets.TopicIdentity{}, false
}

// replace ends what is assigned already of what is assigned now: the client neither revokes nor loses a
// topic that it forgets and finds again before its session has noticed. Of a topic that was made again
// meanwhile nothing can be committed any more.
func (s *Source) replace(ctx context.Context, partitions map[string][]int32, now map[string]offsets.TopicIdentity) {
	open := s.release(among(partitions))
	if len(open) == 0 {
		return
	}
	var same []*assignment
	for _, a := range open {
		if origin, ok := now[a.Topic]; !ok || origin == a.part.Origin {
			same = append(same, a)
		}
	}
	s.retire(ctx, same)
	s.end(open)
}

// onRevoked ends assignments in good order: commit, wait for what is in flight, commit again, close.
func (s *Source) onRevoked(ctx context.Context, _ *kgo.Client, partitions map[string][]int32) {
	if len(partitions) == 0 {
		return
	}
	s.dropAsides(partitions)
	leaving := s.release(among(partitions))
	if len(leaving) == 0 {
		return
	}
	s.retire(ctx, leaving)
	s.end(leaving)
	s.log.Info("partitions revoked", zap.Any("partitions", partitions))
}

// retire settles assignments while the session waits.
func (s *Source) retire(ctx context.Context, leaving []*assignment) {
	drain, cancel := context.WithTimeout(ctx, min(kafka.RevokeDrain, s.opts.DrainTimeout, s.opts.RebalanceTimeout/2))
	defer cancel()
	s.settle(drain, leaving)
}

// onLost ends assignments that somebody else may own already: nothing may be committed.
func (s *Source) onLost(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	if len(partitions) == 0 {
		return
	}
	s.dropAsides(partitions)
	leaving := s.release(among(partitions))
	s.gate.Lock()
	for _, a := range leaving {
		if mark := a.part.Committable(); mark.Offset >= 0 {
			// Of a cut of the log that was told nobody tells again.
			mark = beginning{mark: mark}.upTo(a.Cut()).mark
			s.lost.Remember(a.TopicPartition, mark, a.part.Origin)
		}
	}
	s.gate.Unlock()
	s.end(leaving)
	s.log.Warn("partitions lost: the group went on without this member", zap.Any("partitions", partitions))
}

// release takes assignments out of the hands of the poll loop: no further record is registered.
// Those that a stop is draining already are among them: the group may move them meanwhile.
func (s *Source) release(which func(kafka.TopicPartition) bool) []*assignment {
	s.gate.Lock()
	defer s.gate.Unlock()
	var out []*assignment
	for p, a := range s.leaving {
		if which(p) {
			out = append(out, a)
		}
	}
	for p, a := range s.assigned {
		if which(p) {
			delete(s.assigned, p)
			s.leaving[p] = a
			out = append(out, a)
		}
	}
	return out
}

// settle waits until nothing of the assignments is in flight that can move, or ctx ends. It commits before, so
// that being thrown out of the group meanwhile costs the tail only, and after.
func (s *Source) settle(ctx context.Context, leaving []*assignment) {
	_, _ = s.commits.Commit(entries(leaving)) // what fails is told, and tried again below
	s.currentIntake().Flush()
	for _, a := range leaving {
		s.drain(ctx, a.part)
	}
	s.commits.Until(ctx, entries(leaving), func() { s.polls.Add(1) })
}

// strandedCheck is how often it is looked whether what is waited for can move.
const strandedCheck = 100 * time.Millisecond

// drain waits until nothing of a partition is in flight that can move, it is closed, or ctx ends. What
// waits for a broken destination, a person has to mend first: nobody waits for that.
func (s *Source) drain(ctx context.Context, part *offsets.Tracker) {
	for ctx.Err() == nil && !part.Closed() {
		wait, cancel := context.WithTimeout(ctx, strandedCheck)
		empty := part.Drain(wait)
		cancel()
		s.polls.Add(1) // a drain may take longer than a loop may stand still
		if n := s.currentIntake().Stranded()[part]; empty || n > 0 && n == part.Pending() {
			return
		}
	}
}

// end forgets assignments while this member goes on. No commit may be under way then that has read a mark before and
// is sent after it: the next owner may have committed more.
func (s *Source) end(leaving []*assignment) {
	s.commits.Alone(func() { s.forget(leaving) })
}

// forget closes the gate on late acknowledgements, and forgets the assignments.
func (s *Source) forget(leaving []*assignment) {
	unpause := map[string][]int32{}
	s.gate.Lock()
	for _, a := range leaving {
		s.shut(a)
		if p, begun := a.position(a.part.Committable().Offset); begun {
			s.ended[a.TopicPartition] = p
		}
		delete(s.leaving, a.TopicPartition)
		if a.paused.Load() {
			unpause[a.Topic] = append(unpause[a.Topic], a.Partition)
		}
	}
	intake := s.intake
	s.gate.Unlock()
	intake.Sweep()
	// A pause is by name and would outlive the assignment: a dead partition when it comes back.
	s.client.ResumeFetchPartitions(unpause)
}

// shut ends what is taken of an assignment, and what was told of it. Called with the gate locked.
func (s *Source) shut(a *assignment) {
	a.part.Close()
	a.waiting.Records = nil
	s.failing.Drop(a.TopicPartition)
	s.health.Drop(watch.LackKey(a.TopicPartition))
	s.health.Drop(watch.StallKey(a.TopicPartition))
}

// assignment returns the assignment of a partition that is read, or nil.
func (s *Source) assignment(at kafka.TopicPartition) *assignment {
	s.gate.RLock()
	defer s.gate.RUnlock()
	return s.assigned[at]
}

func (s *Source) currentIntake() Intake {
	s.gate.RLock()
	defer s.gate.RUnlock()
	return s.intake
}

func among(partitions map[string][]int32) func(kafka.TopicPartition) bool {
	return func(p kafka.TopicPartition) bool {
		for _, id := range partitions[p.Topic] {
			if id == p.Partition {
				return true
			}
		}
		return false
	}
}

// Rewind reads partitions again from what is settled, for records that wait for a destination that
// is no more. What of them was acknowledged already is sent again. Those that are leaving are given up:
// whoever reads them next does that.
func (s *Source) Rewind(of []offsets.Ack) {
	again := map[*assignment]beginning{}
	var leaving []*assignment
	s.gate.RLock()
	for _, a := range s.assigned {
		if slices.Contains(of, offsets.Ack(a.part)) {
			again[a] = beginning{a.part.Committable(), a.part.Progress()}
		}
	}
	for _, a := range s.leaving {
		if slices.Contains(of, offsets.Ack(a.part)) {
			leaving = append(leaving, a)
		}
	}
	s.gate.RUnlock()
	s.restart(again)
	if len(leaving) > 0 {
		_, _ = s.commits.Commit(entries(leaving)) // what fails is told, and sent again
		s.end(leaving)
	}
}

// held returns the current assignments, those that are leaving included.
func (s *Source) held() []*assignment {
	s.gate.RLock()
	defer s.gate.RUnlock()
	all := make([]*assignment, 0, len(s.assigned)+len(s.leaving))
	for _, a := range s.assigned {
		all = append(all, a)
	}
	for _, a := range s.leaving {
		all = append(all, a)
	}
	return all
}
