package fault

import (
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/fake"
)

// kafkaSchedules are about brokers and topics.
var kafkaSchedules = []Schedule{
	{Name: "broker-restart", What: "the broker restarts in good order", Duplicates: afterCrash, play: brokerRestart},
	{Name: "broker-kill", What: "the broker is killed and started again", Duplicates: afterCrash, play: brokerKill},
	{Name: "broker-stall", What: "the broker stalls for longer than the session, twice", Duplicates: "what was in flight",
		set: rareCommits, play: times(2, brokerStall)},
	{Name: "topic-remade", What: "the topic is deleted and made again", play: remakeTopic},
	{Name: "partitions-added", What: "the topic gets more partitions", play: addPartitions},
	{Name: "retention", What: "Kafka deletes records that were not read, beside a stopped and a running bridge", play: retention},
	{Name: "offsets-above-end", What: "the group's committed offsets are set above the log's end while the bridge is away",
		Duplicates: "what those partitions held", play: offsetsAboveEnd},
}

func brokerRestart(w *World) error {
	w.allowCrash()
	if err := w.kafka.Restart(w.ctx); err != nil {
		return err
	}
	return w.progress(1500)
}

func brokerKill(w *World) error {
	w.allowCrash()
	if err := w.kafka.Kill(); err != nil {
		return err
	}
	if err := w.kafka.Start(w.ctx); err != nil {
		return err
	}
	return w.progress(1500)
}

// brokerStall stalls at any time between two commits. A member that has lost its session remembers what
// was settled: no more than what was in flight comes again.
func brokerStall(w *World) error {
	if err := w.progress(2 * offsets.WorthCommit); err != nil {
		return err
	}
	w.allow(func() int { return standards * w.setting.inFlight })
	if err := w.kafka.Pause(); err != nil {
		return err
	}
	stalled := time.Now()
	err := w.until("the session to be over", func() bool { return time.Since(stalled) > 2*w.setting.session })
	if err != nil {
		return err
	}
	if err := w.kafka.Resume(); err != nil {
		return err
	}
	return w.progress(1500)
}

// remakeTopic deletes the topic when everything of it has arrived, perhaps before that is committed.
func remakeTopic(w *World) error {
	w.feed.turn(false)
	if err := w.settled(); err != nil {
		return err
	}
	err := w.watch.replaced(func() error {
		if _, err := w.admin.DeleteTopic(w.ctx, w.topic); err != nil {
			return err
		}
		return w.until("the topic to be made again", func() bool { return w.createTopic() == nil })
	})
	if err != nil {
		return err
	}
	// A producer of the old topic does not know the new one's id.
	if err := w.feedThrough(); err != nil {
		return err
	}
	w.feed.change(func() { w.feed.incarnation, w.feed.on = w.feed.incarnation+1, true })
	return w.progress(1000)
}

func addPartitions(w *World) error {
	if err := morePartitions(w); err != nil {
		return err
	}
	return w.progress(1500)
}

// morePartitions has events go to partitions that are new.
func morePartitions(w *World) error {
	const more = 3
	if _, err := w.admin.CreatePartitions(w.ctx, more, w.topic); err != nil {
		return err
	}
	now := w.feed.partitions + more
	err := w.until("the producer to know the partitions", func() bool {
		w.client.ForceMetadataRefresh()
		leader, _, err := w.client.PartitionLeader(w.topic, int32(now-1))
		return err == nil && leader >= 0
	})
	if err != nil {
		return err
	}
	w.feed.change(func() { w.feed.partitions = now })
	return nil
}

// retention deletes records before a bridge that is away has read them, and before one that runs
// and is held up has.
func retention(w *World) error {
	i := w.any()
	if err := i.stop(); err != nil {
		return err
	}
	if err := w.produced(1500); err != nil {
		return err
	}
	if err := w.cut(2); err != nil {
		return err
	}
	if _, err := w.startAs(i.name); err != nil {
		return err
	}
	if err := w.progress(1000); err != nil {
		return err
	}
	var down []*fake.Handle
	for d := range destinations {
		down = append(down, w.inject(d, fake.Fault{Effect: fake.ServiceUnavailable()}))
	}
	if err := w.produced(2 * w.setting.inFlight); err != nil {
		return err
	}
	err := w.cut(2)
	for _, h := range down {
		h.Remove()
	}
	if err != nil {
		return err
	}
	return w.progress(1000)
}

// offsetsAboveEnd commits, while no bridge runs, what the log has never reached: as a tool does, and as
// the bridge would. What comes before the bridge is back does not reach that either.
func offsetsAboveEnd(w *World) error {
	const above = 1000
	i := w.any()
	if err := i.stop(); err != nil {
		return err
	}
	ends, err := w.admin.ListEndOffsets(w.ctx, w.topic)
	if err != nil {
		return err
	}
	settled, err := w.admin.FetchOffsets(w.ctx, w.group)
	if err != nil {
		return err
	}
	bogus := kadm.Offsets{}
	for n, p := range w.rng.Perm(partitions)[:2] {
		end, _ := ends.Lookup(w.topic, int32(p))
		o := kadm.Offset{Topic: w.topic, Partition: int32(p), At: end.Offset + above, LeaderEpoch: -1}
		if n == 1 {
			o.LeaderEpoch, o.Metadata = end.LeaderEpoch, w.marks[len(w.marks)-1]+" {}"
		}
		bogus.Add(o)
		of := log{w.feed.incarnation, o.Partition}
		at, _ := settled.Lookup(w.topic, o.Partition)
		w.allow(func() int { return w.ledger.again(of, at.At) })
	}
	err = w.watch.reset(bogus, func() error {
		if err := w.admin.CommitAllOffsets(w.ctx, w.group, bogus); err != nil {
			return err
		}
		if err := w.produced(above); err != nil {
			return err
		}
		if _, err := w.startAs(i.name); err != nil {
			return err
		}
		return w.until("the committed offsets to be in the log", func() bool {
			now, err := w.admin.FetchOffsets(w.ctx, w.group)
			in := err == nil
			bogus.Each(func(o kadm.Offset) {
				at, ok := now.Lookup(o.Topic, o.Partition)
				in = in && ok && at.At < o.At
			})
			return in
		})
	})
	if err != nil {
		return err
	}
	return w.progress(1000)
}

// produced waits until there are so many more events.
func (w *World) produced(n int) error {
	from, _ := w.ledger.state()
	return w.until(fmt.Sprintf("%d more events", n), func() bool { now, _ := w.ledger.state(); return now-from >= n })
}

// cut deletes the older half of what is not committed, of so many partitions.
func (w *World) cut(n int) error {
	ends, err := w.admin.ListEndOffsets(w.ctx, w.topic)
	if err != nil {
		return err
	}
	committed, err := w.admin.FetchOffsets(w.ctx, w.group)
	if err != nil {
		return err
	}
	to := kadm.Offsets{}
	for _, p := range w.rng.Perm(partitions)[:n] {
		at, _ := committed.Lookup(w.topic, int32(p))
		end, _ := ends.Lookup(w.topic, int32(p))
		to.AddOffset(w.topic, int32(p), (max(at.At, 0)+end.Offset)/2, -1)
	}
	if _, err = w.admin.DeleteRecords(w.ctx, to); err != nil {
		return err
	}
	to.Each(func(o kadm.Offset) { w.ledger.expire(log{w.feed.incarnation, o.Partition}, o.At) })
	return nil
}
