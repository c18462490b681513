package fault

import (
	"bytes"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// unreadableSchedules are about what producers pack into a batch, whatever a bridge has room for.
var unreadableSchedules = []Schedule{
	{Name: "batch-bombs", What: "in each partition a batch of 90 MiB that takes some KiB in Kafka, among good records of a destination that is down meanwhile; memory is bounded",
		set: judgedByBytes, play: batchBombs},
	{Name: "tiny-records", What: "behind records that do not pack come batches of tens of thousands of the smallest records; memory is bounded",
		set: judgedByBytes, play: tinyRecords},
}

func judgedByBytes(s *settings) { s.bounded, s.crowd, s.inFlight = true, 1, 1<<20 }

// bomb is beyond what a bridge with the schedules' settings reads in any way.
var bomb = packing{batchBytes: 90 << 20, codec: kgo.ZstdCompression()}

// batchBombs has what is behind a bomb arrive, and a dead letter for each of them.
func batchBombs(w *World) error {
	const size, good = 10 << 10, 100 * partitions
	if err := w.crowd.fill(plainly, good, size); err != nil {
		return err
	}
	down := w.crowdDown()
	defer down.Remove()
	zeros := bytes.Repeat([]byte{'0'}, 1<<20)
	for partition := range int32(partitions) { // one after the other: the producer has memory as well
		if err := w.produce(bomb, 85, func(int) *kgo.Record {
			return &kgo.Record{Topic: w.crowdTopic(), Partition: partition, Value: zeros}
		}); err != nil {
			return err
		}
	}
	if err := w.crowd.fill(plainly, good, size); err != nil {
		return err
	}
	down.Remove()
	if err := w.crowd.served(); err != nil {
		return err
	}
	return w.until(fmt.Sprintf("%d dead letters of batches", partitions), func() bool { return w.watch.batches.Load() == partitions })
}

// crowdDown has the one destination of the crowd fail until that is removed.
func (w *World) crowdDown() *fake.Handle {
	return w.aws.Inject(fake.Fault{Target: w.setting.crowdNames()[0], Effect: fake.ServiceUnavailable()})
}

// tinyRecords takes little in Kafka and little unpacked, and much in memory.
func tinyRecords(w *World) error {
	const size = 100 << 10
	down := w.crowdDown()
	defer down.Remove()
	if err := w.crowd.fill(plainly, w.setting.inFlightBytes/size, size); err != nil {
		return err
	}
	if _, err := w.standstill(w.any()); err != nil {
		return err
	}
	if err := w.crowd.fill(packing{batchBytes: 1 << 20, codec: kgo.ZstdCompression()}, 200_000, 0); err != nil {
		return err
	}
	down.Remove()
	return w.crowd.served()
}
