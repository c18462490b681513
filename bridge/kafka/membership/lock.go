package membership

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/internal/pause"
)

// ErrLocked marks a group that another process has joined.
var ErrLocked = errors.New("another process is a member of the group")

// LockOptions say which group is locked.
type LockOptions struct {
	Connection kafka.Connection
	Group      string
	Topic      string
	Partitions []int32 // all of the topic
	// Timeout bounds the wait for another member to leave, and for the group to be joined.
	Timeout time.Duration
	// Waiting is told once, if another member has to be waited for.
	Waiting func()
	Log     *zap.Logger
}

// GroupLock is the membership of a group that one process alone has: it owns every partition of a
// topic, and so is the only one that may commit. It reads nothing.
type GroupLock struct {
	opts   LockOptions
	client *kgo.Client
	admin  *kadm.Client

	mu    sync.Mutex
	owned map[int32]bool
	whole chan struct{} // closed when all partitions are owned
	lost  chan struct{} // closed when one was taken away
	done  chan struct{} // closed by Release
}

const (
	// lockSession is how long a member that was killed keeps the next one waiting: the least that
	// brokers allow by default is 6 s.
	lockSession = 10 * time.Second
	lockPoll    = 250 * time.Millisecond
)

// LockGroup joins the group. The error wraps ErrLocked where another lock has it, and is an *Occupied where another
// application is in it.
func LockGroup(ctx context.Context, o LockOptions) (*GroupLock, error) {
	c := &GroupLock{opts: o, owned: map[int32]bool{}, whole: make(chan struct{}), lost: make(chan struct{}), done: make(chan struct{})}
	wait, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	if err := c.awaitEmpty(wait); err != nil {
		return nil, err
	}
	var err error
	c.client, err = o.Connection.Client(
		kgo.ConsumerGroup(o.Group),
		kgo.ConsumeTopics(o.Topic),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.DisableAutoCommit(),
		kgo.SessionTimeout(lockSession),
		kgo.HeartbeatInterval(time.Second),
		kgo.OnPartitionsAssigned(c.onAssigned),
		kgo.OnPartitionsRevoked(c.onRevoked),
		kgo.OnPartitionsLost(c.onLost),
		kgo.WithLogger(kafka.ClientLogger(o.Log)),
	)
	if err != nil {
		return nil, err
	}
	c.client.PauseFetchTopics(o.Topic) // it is a membership, and reads nothing
	c.admin = kadm.NewClient(c.client)
	select {
	case <-c.whole:
		return c, nil
	case <-c.lost:
		err = ErrLocked
	case <-wait.Done():
		err = wait.Err()
		c.mu.Lock()
		if len(c.owned) > 0 {
			err = ErrLocked // and has the other partitions
		}
		c.mu.Unlock()
	}
	c.Release()
	return nil, err
}

// awaitEmpty waits until the group has no members. One that was killed is one until its session
// ends.
func (c *GroupLock) awaitEmpty(ctx context.Context) error {
	client, err := c.opts.Connection.Probe(c.opts.Timeout)
	if err != nil {
		return err
	}
	defer client.Close()
	census := NewCensus(client)
	for told := false; ; told = true {
		in, err := census.Tenants(ctx, c.opts.Group)
		occupied := in.Check(c.opts.Connection.ClientID)
		switch {
		case told && errors.Is(err, context.DeadlineExceeded):
			return ErrLocked
		case err != nil:
			return err
		case occupied != nil:
			return occupied
		case len(in.Classic)+len(in.Untold) == 0:
			return nil
		case !told && c.opts.Waiting != nil:
			c.opts.Waiting()
		}
		if pause.For(ctx, lockPoll) {
			continue
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return ctx.Err()
		}
		return ErrLocked
	}
}

func (c *GroupLock) onAssigned(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range partitions[c.opts.Topic] {
		c.owned[id] = true
	}
	for _, id := range c.opts.Partitions {
		if !c.owned[id] {
			return
		}
	}
	select {
	case <-c.whole:
	default:
		close(c.whole)
	}
}

// onRevoked holds a rebalance up until what is in flight is drained and committed.
func (c *GroupLock) onRevoked(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	if len(partitions) == 0 {
		return
	}
	c.lose()
	select {
	case <-c.done:
	case <-time.After(kafka.RevokeDrain):
	}
}

func (c *GroupLock) onLost(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	if len(partitions) > 0 {
		c.lose()
	}
}

func (c *GroupLock) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.lost:
	default:
		close(c.lost)
	}
}

// Lost is closed when somebody else has joined, or the broker has given this member up: nothing
// more is to be done, but what was done is to be committed soon.
func (c *GroupLock) Lost() <-chan struct{} { return c.lost }

// Release leaves the group.
func (c *GroupLock) Release() {
	close(c.done)
	c.client.Close()
}

// Offset is what is committed for a partition.
type Offset struct {
	At       int64
	Metadata string
}

// Committed returns what a group has committed for a topic, by partition.
func Committed(ctx context.Context, admin *kadm.Client, group, topic string) (map[int32]Offset, error) {
	offsets, err := kafka.FetchOffsets(ctx, admin, group)
	if err != nil {
		return nil, err
	}
	all := map[int32]Offset{}
	for partition, o := range offsets[topic] {
		if o.At >= 0 {
			all[partition] = Offset{o.At, o.Metadata}
		}
	}
	return all, nil
}

// Committed returns what the group has committed, by partition.
func (c *GroupLock) Committed(ctx context.Context) (map[int32]Offset, error) {
	return Committed(ctx, c.admin, c.opts.Group, c.opts.Topic)
}

// Commit blocks until the broker has taken what was done, as long as this member has the group.
func (c *GroupLock) Commit(ctx context.Context, all map[int32]Offset) (failed error) {
	if len(all) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, kafka.CommitTimeout)
	defer cancel()
	offsets := map[int32]kgo.EpochOffset{}
	for partition, at := range all {
		offsets[partition] = kgo.EpochOffset{Epoch: -1, Offset: at.At}
	}
	ctx = kgo.PreCommitFnContext(ctx, func(req *kmsg.OffsetCommitRequest) error {
		for i := range req.Topics {
			for j := range req.Topics[i].Partitions {
				p := &req.Topics[i].Partitions[j]
				p.Metadata = kmsg.StringPtr(all[p.Partition].Metadata)
			}
		}
		return nil
	})
	c.client.CommitOffsetsSync(ctx, map[string]map[int32]kgo.EpochOffset{c.opts.Topic: offsets},
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, err error) {
			if err != nil {
				failed = err
				return
			}
			for _, t := range resp.Topics {
				for _, p := range t.Partitions {
					if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
						failed = fmt.Errorf("%s/%d: %w", c.opts.Topic, p.Partition, err)
					}
				}
			}
		})
	return failed
}
