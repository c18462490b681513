package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// cutHalf is how many events there are, in all partitions, below where two logs are cut, and above.
const cutHalf = 600

// cutLogs has the logs of two partitions lose their tails in unclean elections: their leader dies with
// records that the other replica, which was away, never had. At first there is much in flight to slow
// destinations, from below and from above the cuts; later all of it has arrived and is committed, and the
// bridge is away perhaps. What comes in the place of the lost ones has to arrive like any other.
func cutLogs(w *World) error {
	if w.rng.IntN(2) == 0 {
		w.isolate(payments)
		if err := w.reload(); err != nil {
			return err
		}
	}
	if err := w.committed(); err != nil {
		return err
	}
	pair, err := w.replicas()
	if err != nil {
		return err
	}
	of := w.rng.Perm(partitions)[:2]
	if err := w.moveTo(of, pair); err != nil {
		return err
	}
	// With one that numbers its batches, the replica that has not all of them would refuse what follows.
	if err := w.feedThrough(kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite()); err != nil {
		return err
	}
	if err := cutInFlight(w, of, pair); err != nil {
		return err
	}
	if err := w.progress(1000); err != nil {
		return err
	}
	pair = replicas{leader: pair.follower, follower: pair.leader}
	if err := pair.follower.Start(w.ctx); err != nil {
		return err
	}
	if err := w.moveTo(of, pair); err != nil {
		return err
	}
	if err := cutSettled(w, of, pair); err != nil {
		return err
	}
	w.feed.turn(true)
	return w.progress(1000)
}

// cutInFlight takes what was read and is in flight, with more in flight below it.
func cutInFlight(w *World, of []int, pair replicas) error {
	begin, err := w.admin.ListEndOffsets(w.ctx, w.topic)
	if err != nil {
		return err
	}
	lift := w.slowFor(of)
	defer lift()
	read := func() bool {
		return w.ledger.missing(alerts) == 0 && w.ledger.missing(audit) == 0 && w.all(of, w.readAll)
	}
	if err := w.leadOn(pair, read); err != nil {
		return err
	}
	lost, err := w.elect(of, pair)
	if err != nil {
		return err
	}
	for p, l := range lost {
		first, _ := begin.Lookup(w.topic, p)
		at := log{w.feed.incarnation, p}
		if committed := w.watch.at(p); committed >= l.from {
			return fmt.Errorf("partition %d is cut at %d, and nothing was in flight below it: %d is committed", p, l.from, committed)
		}
		w.allow(func() int { return w.ledger.again(at, l.from) - w.ledger.again(at, first.Offset) })
	}
	w.feed.turn(true)
	if err := w.told(lost); err != nil {
		return err
	}
	lift()
	return nil
}

// cutSettled takes what has arrived and is committed.
func cutSettled(w *World, of []int, pair replicas) error {
	read := func() bool { return w.all(of, w.readAll) }
	if err := w.leadOn(pair, read); err != nil {
		return err
	}
	if err := w.committed(); err != nil {
		return err
	}
	away := w.any()
	if w.rng.IntN(2) == 0 {
		if err := away.stop(); err != nil {
			return err
		}
	}
	back := kadm.Offsets{}
	for _, p := range of {
		back.AddOffset(w.topic, int32(p), 0, -1)
	}
	return w.watch.reset(back, func() error {
		lost, err := w.elect(of, pair)
		if err != nil {
			return err
		}
		if len(w.running()) == 0 {
			if _, err := w.startAs(away.name); err != nil {
				return err
			}
		}
		if err := w.told(lost); err != nil {
			return err
		}
		return w.until("the committed offsets to go back", func() bool {
			now, err := w.admin.FetchOffsets(w.ctx, w.group)
			if err != nil {
				return false
			}
			for p, l := range lost {
				if at, ok := now.Lookup(w.topic, p); !ok || at.At != l.from {
					return false
				}
			}
			return true
		})
	})
}

// leadOn has both replicas take events that are read, and then the leader alone.
func (w *World) leadOn(pair replicas, read func() bool) error {
	if err := w.some(cutHalf, read); err != nil {
		return err
	}
	if err := pair.follower.Stop(); err != nil {
		return err
	}
	return w.some(cutHalf, read)
}

// some has so many more events come, and waits until they are read.
func (w *World) some(n int, read func() bool) error {
	w.feed.turn(true)
	if err := w.produced(n); err != nil {
		return err
	}
	w.feed.turn(false)
	return w.until("them to be read", func() bool { return w.feed.acknowledged() && read() })
}

// committed waits until nothing is in flight.
func (w *World) committed() error {
	w.feed.turn(false)
	if err := w.settled(); err != nil {
		return err
	}
	return w.until("everything to be committed", func() bool { return w.watch.everything() })
}

// groups are those that read the topic.
func (w *World) groups() []string {
	if w.ledger.apart[payments] {
		return []string{w.group, w.group + "." + destinationNames[payments]}
	}
	return []string{w.group}
}

// readAll says whether the one instance has read all of a partition, for each group.
func (w *World) readAll(p kadm.PartitionDetail) bool {
	for _, group := range w.groups() {
		committed, err := w.admin.FetchOffsets(w.ctx, group)
		at, _ := committed.Lookup(w.topic, p.Partition)
		held, err2 := strconv.ParseInt(w.any().Metric(fmt.Sprintf(`sluice_uncommitted_records{group=%q,partition="%d",topic=%q}`, group, p.Partition, w.topic)), 10, 64)
		if err != nil || err2 != nil || at.At+held < w.ledger.end(log{w.feed.incarnation, p.Partition}) {
			return false
		}
	}
	return true
}

// told waits until the log has told of each loss, for each group, and how many were lost.
func (w *World) told(lost map[int32]tail) error {
	return w.until("the cuts to be told", func() bool {
		for p, l := range lost {
			for _, group := range w.groups() {
				if !w.toldOf("the log has lost records that were read or committed", fmt.Sprintf(`"group":%q,"topic":%q,"partition":%d,`, group, w.topic, p),
					fmt.Sprintf(`"read_to":%d,"cut_at":%d,"at_most":"%d",`, l.to, l.from, l.to-l.from)) {
					return false
				}
			}
		}
		return true
	})
}

// slowFor holds each request to two of the destinations, a standard and a FIFO one, that has a message of
// some groups of these partitions, until lift.
func (w *World) slowFor(of []int) (lift func()) {
	slow := func(e fake.Entry) bool {
		return slices.ContainsFunc(of, func(p int) bool {
			return strings.Contains(e.Body, fmt.Sprintf(`"group":"g%d-0"`, p)) || strings.Contains(e.Body, fmt.Sprintf(`"group":"g%d-1"`, p))
		})
	}
	gate := make(chan struct{})
	var held handles
	for _, d := range []int{orders, payments} {
		held = append(held, w.inject(d, fake.Fault{When: slow, Effect: fake.Effect{Gate: gate}}))
	}
	return sync.OnceFunc(func() {
		held.remove()
		close(gate)
	})
}
