package fault

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sync/errgroup"

	"github.com/sluice-bridge/sluice/test/parts"
)

// member is a broker that has joined the one which runs share.
type member struct {
	*parts.Server
	id int32
}

// replicas are the brokers that have a partition: its current leader, and the other one.
type replicas struct{ leader, follower member }

// replicas starts two more brokers.
func (w *World) replicas() (replicas, error) {
	var joining errgroup.Group
	both := [2]member{}
	for n := range both {
		id := n + 2
		joining.Go(func() error {
			broker, err := parts.JoinKafka(w.ctx, filepath.Join(w.dir, fmt.Sprintf("kafka-%d", id)), id, w.kafka)
			both[n] = member{broker, int32(id)}
			return err
		})
	}
	err := joining.Wait()
	for _, broker := range both {
		if broker.Server != nil {
			w.joined = append(w.joined, broker.Server)
		}
	}
	return replicas{both[0], both[1]}, err
}

// moveTo gives partitions to two brokers, and allows that one which lacks records leads them.
func (w *World) moveTo(of []int, pair replicas) error {
	yes := "true"
	if _, err := w.admin.AlterTopicConfigs(w.ctx, []kadm.AlterConfig{{Name: "unclean.leader.election.enable", Value: &yes}}, w.topic); err != nil {
		return err
	}
	var to kadm.AlterPartitionAssignmentsReq
	for _, p := range of {
		to.Assign(w.topic, int32(p), []int32{pair.leader.id, pair.follower.id})
	}
	moved, err := w.admin.AlterPartitionAssignments(w.ctx, to)
	if err == nil {
		err = moved.Error()
	}
	if err != nil {
		return err
	}
	return w.until("partitions to be moved", func() bool {
		return w.all(of, func(p kadm.PartitionDetail) bool {
			return p.Leader == pair.leader.id && slices.Equal(p.Replicas, []int32{pair.leader.id, pair.follower.id}) && slices.Contains(p.ISR, pair.follower.id)
		})
	})
}

// all says whether something is so of all these partitions.
func (w *World) all(of []int, so func(kadm.PartitionDetail) bool) bool {
	topics, err := w.admin.ListTopics(w.ctx, w.topic)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(of, func(p int) bool { return !so(topics[w.topic].Partitions[int32(p)]) })
}

// tail is what a log has lost: the offsets from one up to, and not including, another.
type tail struct{ from, to int64 }

// elect kills the leader, has the other broker, which is away, lead without what it lacks, and returns
// what is lost by that.
func (w *World) elect(of []int, pair replicas) (map[int32]tail, error) {
	if err := pair.leader.Kill(); err != nil {
		return nil, err
	}
	if err := pair.follower.Start(w.ctx); err != nil {
		return nil, err
	}
	err := w.until("the other replica to lead", func() bool {
		return w.all(of, func(p kadm.PartitionDetail) bool { return p.Leader == pair.follower.id })
	})
	if err != nil {
		return nil, err
	}
	ends, err := w.admin.ListEndOffsets(w.ctx, w.topic)
	if err != nil {
		return nil, err
	}
	lost := map[int32]tail{}
	for _, p := range of {
		at := log{w.feed.incarnation, int32(p)}
		end, ok := ends.Lookup(w.topic, int32(p))
		l := tail{end.Offset, w.ledger.end(at)}
		if !ok || end.Err != nil || l.from >= l.to {
			return nil, fmt.Errorf("partition %d ended at %d, and ends at %d: nothing is lost (%w)", p, l.to, l.from, end.Err)
		}
		lost[int32(p)] = l
		w.ledger.lose(at, l.from)
	}
	return lost, nil
}

// feedThrough has the events go through a producer of its own.
func (w *World) feedThrough(opts ...kgo.Opt) error {
	client, err := kgo.NewClient(append(opts, kgo.SeedBrokers(w.kafka.Addr), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MetadataMinAge(100*time.Millisecond))...)
	if err != nil {
		return err
	}
	w.client.Close()
	w.client, w.admin = client, kadm.NewClient(client)
	w.feed.change(func() { w.feed.client = client })
	return nil
}
