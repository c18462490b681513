package commit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/internal/turn"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Options say what is committed, and whom that concerns.
type Options struct {
	Client *kgo.Client
	Group  string
	// InstanceID is that of a static member; empty for none.
	InstanceID string
	// Interval is how often offsets are committed of which few have moved.
	Interval time.Duration
	// Budget is what commits may cost the brokers; nil: no bound.
	Budget *Budget
	// Observe is told of each commit.
	Observe *telemetry.Group
	Window  *offsets.Window
	Health  telemetry.Health
	// Cause words why the brokers do not do as they are asked.
	Cause func(error) string
	// Fail ends the member.
	Fail func(error)
	// Member is the id of the current member.
	Member func() string
	Log    *zap.Logger
}

// Committer commits for one member of a group at a time. It is safe for concurrent use.
type Committer struct {
	opts  Options
	turn  turn.Turn // through a commit
	ticks atomic.Uint64
}

// New returns a committer that does nothing by itself.
func New(opts Options) *Committer { return &Committer{opts: opts, turn: turn.New()} }

// Entry is a partition, as it was assigned to a member.
type Entry struct {
	At     kafka.TopicPartition
	Part   *offsets.Tracker
	Member string // id of the member that it was assigned to

	committed offsets.Position // guarded by the turn
}

// NewEntry returns a partition of which nothing was committed.
func NewEntry(at kafka.TopicPartition, part *offsets.Tracker, member string) *Entry {
	return &Entry{At: at, Part: part, Member: member, committed: offsets.Position{Offset: -1}}
}

// Ticks grow as long as Loop is alive.
func (c *Committer) Ticks() uint64 { return c.ticks.Load() }

// Loop commits what is settled until ctx ends, as a log commits groups of transactions: while one
// commit is under way the next one gathers, and it begins when the one before is acknowledged and what
// has gathered is worth it. Commits never run on the way of an acknowledgement. Held returns the partitions of the member,
// those that are leaving included; done is called after each commit.
func (c *Committer) Loop(ctx context.Context, held func() []*Entry, done func(now time.Time)) {
	timer := time.NewTimer(c.opts.Interval)
	defer timer.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.opts.Window.Due():
		case <-timer.C:
		}
		all := held()
		c.opts.Window.Passed()
		offsets, err := c.Commit(all)
		if offsets == 0 && err == nil {
			// What could not be committed has found another owner.
			c.opts.Health.Resolve(c.key())
		}
		failures++
		var wait time.Duration // none, after the rest
		if err == nil {
			failures, wait = 0, c.opts.Interval
		}
		now := time.Now()
		done(now)
		if !c.rest(ctx, max(c.opts.Budget.spend(offsets, now), c.backoff(failures))) {
			return
		}
		timer.Reset(wait)
	}
}

const (
	// again is how soon a commit that failed is tried again.
	again = 100 * time.Millisecond
	// tick is how often the committer shows that it is alive while it rests.
	tick = time.Second
)

// backoff is how long to rest after so many commits in a row have failed.
func (c *Committer) backoff(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	return min(again<<min(failures-1, 10), max(again, c.opts.Interval))
}

// rest waits between two commits; false when ctx ended first.
func (c *Committer) rest(ctx context.Context, rest time.Duration) bool {
	for until := time.Now().Add(rest); ; {
		c.ticks.Add(1)
		left := time.Until(until)
		if left <= 0 {
			return ctx.Err() == nil
		}
		if !pause.For(ctx, min(left, tick)) {
			return false
		}
	}
}

// memberGone are the errors of a commit that no later one of the same member mends.
var memberGone = []error{errNotMember, kerr.UnknownMemberID, kerr.IllegalGeneration, kerr.FencedInstanceID}

// Until commits until that has succeeded, is of no use, or fails with one of the errors that last, or ctx ends: what a
// member that leaves has not committed is sent again by the next. Tried is called after each failure.
func (c *Committer) Until(ctx context.Context, of []*Entry, tried func(), lasting ...error) {
	lasting = append(lasting, memberGone...)
	for {
		_, err := c.Commit(of)
		if err == nil || slices.ContainsFunc(lasting, func(l error) bool { return errors.Is(err, l) }) {
			return
		}
		if !pause.For(ctx, again) {
			return
		}
		tried()
	}
}

// Commit writes the marks of partitions that have moved since they were last committed, and returns how
// many those are. A failed commit is no harm: the marks stay, and the next one takes them.
func (c *Committer) Commit(of []*Entry) (moved int, failed error) {
	member := c.opts.Member()
	ctx, cancel := context.WithTimeout(context.Background(), kafka.CommitTimeout)
	if err := c.turn.Take(ctx); err != nil {
		cancel()
		return 0, err
	}
	offsets := map[string]map[int32]kgo.EpochOffset{}
	sent := map[kafka.TopicPartition]sentMark{}
	notes := map[kafka.TopicPartition]string{}
	for _, a := range of {
		mark, note := a.Part.ToCommit()
		if a.Part.Closed() || a.Member != member || mark.Offset < 0 || mark.Offset == a.committed.Offset {
			continue
		}
		if offsets[a.At.Topic] == nil {
			offsets[a.At.Topic] = map[int32]kgo.EpochOffset{}
		}
		offsets[a.At.Topic][a.At.Partition] = kgo.EpochOffset{Epoch: mark.Epoch, Offset: mark.Offset}
		sent[a.At] = sentMark{a, mark}
		notes[a.At] = note
	}
	if len(offsets) == 0 {
		c.turn.Give()
		cancel()
		return 0, nil
	}
	began := time.Now()
	done := make(chan error, 1)
	go func() {
		defer cancel()
		defer c.turn.Give()
		done <- c.write(kgo.PreCommitFnContext(ctx, bound(member, Noted(notes))), offsets, sent)
	}()
	// The client notices the end of its time only once the broker lets it send: a quota may hold up what is sent before.
	select {
	case failed = <-done:
	case <-ctx.Done():
		select {
		case failed = <-done: // both were ready
		default:
			failed = ctx.Err()
		}
	}
	c.opts.Observe.Committed(time.Since(began))
	c.Judge(failed)
	return len(sent), failed
}

// write commits offsets, and notes those that the broker has.
func (c *Committer) write(ctx context.Context, offsets map[string]map[int32]kgo.EpochOffset, sent map[kafka.TopicPartition]sentMark) (failed error) {
	c.opts.Client.CommitOffsetsSync(ctx, offsets, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, err error) {
		if err != nil {
			failed = err
			return
		}
		for _, t := range resp.Topics {
			for _, p := range t.Partitions {
				at := kafka.TopicPartition{Topic: t.Topic, Partition: p.Partition}
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					failed = fmt.Errorf("%s: %w", at, err)
				} else if s, ok := sent[at]; ok {
					s.of.committed = s.mark
				}
			}
		}
	})
	return failed
}

// sentMark is a mark on its way to the broker.
type sentMark struct {
	of   *Entry
	mark offsets.Position
}

func (c *Committer) key() string { return "commit " + c.opts.Group }

// Judge tells what came of a commit, or of what the group says of the member.
func (c *Committer) Judge(err error) {
	switch {
	case err == nil:
		c.opts.Health.Resolve(c.key())
	case errors.Is(err, kerr.FencedInstanceID):
		// Two processes with one instance id: only one of them can be a member.
		c.opts.Fail(fmt.Errorf("another process has joined group %s with kafka.instance_id %q; give each instance its own", c.opts.Group, c.opts.InstanceID))
	case errors.Is(err, errNotMember), errors.Is(err, kerr.RebalanceInProgress), errors.Is(err, kerr.IllegalGeneration), errors.Is(err, kerr.UnknownMemberID):
		// Membership is changing; what was settled is committed, or read again, after it.
		c.opts.Log.Debug("commit during a rebalance")
	default:
		c.opts.Health.Report(c.key(), "offsets cannot be committed: "+c.opts.Cause(err))
	}
}

// Alone calls do while no commit is under way, and none begins.
func (c *Committer) Alone(do func()) {
	_ = c.turn.Take(context.Background())
	defer c.turn.Give()
	do()
}
