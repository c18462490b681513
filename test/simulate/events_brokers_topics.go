package simulate

import (
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// topicEvents happen to topics and their logs.
var topicEvents = []eventKind{
	{"make topic again", drawRemake, remake},
	{"add partitions", drawMore, addPartitions},
	{"expire records", drawShare, expire},
	{"cut log", drawShare, cutLog},
}

// drawRemake draws how long a topic is away, and how many partitions it has then: 0 for as many as before.
func drawRemake(r random, sc *Scenario, e *Event) {
	drawLog(r, sc, e)
	// Not for long: the client asks for it again at once all the while, where its leader has something else.
	e.For = pick(r, []time.Duration{0, 100 * time.Millisecond, 2 * time.Second, 8 * time.Second})
	if r.one(2) {
		e.Count = 1 + r.IntN(5)
	}
}

func drawMore(r random, sc *Scenario, e *Event) {
	drawLog(r, sc, e)
	e.Count = 1 + r.IntN(3)
}

// drawShare draws a part of what a log holds, in percent.
func drawShare(r random, sc *Scenario, e *Event) {
	drawLog(r, sc, e)
	e.Count = pick(r, []int{1, 20, 50, 80, 99, 100})
}

// remake deletes a topic, and makes one of the same name after a while.
func remake(w *world, e Event) error {
	b := w.brokers
	end, err := b.turnSoon(e.Name)
	if err != nil {
		return err
	}
	partitions := b.partitions(e.Name)
	if partitions == 0 {
		end()
		return errNothing
	}
	if e.Count > 0 {
		partitions = int32(e.Count)
	}
	w.ledger.deleted(e.Name) // before anybody can see it
	w.topics.forget(e.Name)
	if err := b.cluster.DeleteTopic(e.Name); err != nil {
		panic(fmt.Sprintf("deleting %s: %v", e.Name, err)) // it is there
	}
	w.during(max(e.For, time.Millisecond), func() {
		defer end()
		if err := b.cluster.CreateTopic(e.Name, partitions, nil); err != nil {
			panic(fmt.Sprintf("making %s again: %v", e.Name, err)) // nobody else makes it
		}
		b.noteTopic(e.Name)
		chance := newRandom(w.scenario.Seed, brokerStream+uint64(e.At))
		for p := range partitions {
			b.lead(e.Name, p, b.node(chance.IntN(len(b.addresses))))
		}
		w.producer.PurgeTopicsFromProducing(e.Name) // it goes on with the one that it knows
	})
	return nil
}

func addPartitions(w *world, e Event) error {
	b := w.brokers
	end, err := b.turnSoon(e.Name)
	if err != nil {
		return err
	}
	defer end()
	if _, err := b.partition(e.Name, 0); err != nil {
		return err
	}
	made, err := w.admin.CreatePartitions(w.ctx, e.Count, e.Name)
	if err == nil {
		err = made.Error()
	}
	if err != nil {
		return err
	}
	b.noteTopic(e.Name)
	w.awaitPartition(e.Name, b.partitions(e.Name)-1)
	return nil
}

// awaitPartition waits until the producer knows a partition, as it refuses what is for one that it does not know;
// a topic that it has not written to, it looks up.
func (w *world) awaitPartition(topic string, partition int32) {
	known := func(p int32) bool {
		leader, _, err := w.producer.PartitionLeader(topic, p)
		return err == nil && leader >= 0
	}
	for known(0) && !known(partition) && w.ctx.Err() == nil {
		w.producer.ForceMetadataRefresh()
		sleep(w.ctx, 100*time.Millisecond)
	}
}

// hold keeps a log as it is until end, and says which it is and what it holds.
func (b *brokers) hold(e Event) (p int32, is *kfake.PartitionInfo, end func(), err error) {
	if end, err = b.turnSoon(e.Name); err != nil {
		return 0, nil, nil, err
	}
	if p, err = b.partition(e.Name, e.Partition); err != nil {
		end()
		return 0, nil, nil, err
	}
	return p, b.cluster.PartitionInfo(e.Name, p), end, nil
}

// expire deletes the first part of a log, as retention does.
func expire(w *world, e Event) error {
	b := w.brokers
	p, is, end, err := b.hold(e)
	if err != nil {
		return err
	}
	defer end()
	start := is.LogStartOffset + (is.HighWatermark-is.LogStartOffset)*int64(e.Count)/100
	w.ledger.expired(e.Name, p, start) // before anybody can see it
	return b.cluster.DeleteRecords(e.Name, p, start)
}

// cutLog has a log lose the last part of what it holds. The embedded Kafka does not know what becomes of
// transactions then.
func cutLog(w *world, e Event) error {
	if slices.ContainsFunc(w.scenario.Bursts, func(b Burst) bool { return b.Topic == e.Name && b.Txn != "" }) {
		return errNothing
	}
	b := w.brokers
	p, is, end, err := b.hold(e)
	if err != nil {
		return err
	}
	defer end()
	w.ledger.readAgain(e.Name, p, 1) // from what is settled on, or from the cut
	at := is.HighWatermark - (is.HighWatermark-is.LogStartOffset)*int64(e.Count)/100
	if err := truncate(b.cluster, e.Name, p, at, func(end int64, epoch int32) {
		w.ledger.lostTail(e.Name, p, end)
		w.ledger.elected(e.Name, p, epoch, end)
	}); err != nil {
		return err
	}
	b.lead(e.Name, p, b.node(e.Broker)) // by whoever does not have it
	return nil
}
