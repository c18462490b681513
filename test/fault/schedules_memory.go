package fault

import (
	"fmt"
	"strconv"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// memorySchedules are about what is held: the memory of each instance is judged, from its start to its
// end. `make fault` runs them without the race detector, which has a memory of its own.
var memorySchedules = []Schedule{
	{Name: "fan-out-outage", What: "records go to ten destinations more, most of which are down for long; memory is bounded",
		set: wideFanOut, play: fanOutOutage},
	{Name: "packed-batches", What: "behind records that do not pack come batches of 60 MiB that take some KiB in Kafka; memory is bounded",
		set: func(s *settings) { s.bounded, s.crowd, s.inFlight = true, 1, 1<<20 }, play: packedBatches},
}

func wideFanOut(s *settings) {
	s.bounded, s.crowd = true, 10
	s.inFlight = 1 << 20 // bytes are to be the limit
}

// fanOutOutage has far more records wait for destinations that are down than the window holds.
func fanOutOutage(w *World) error {
	var down handles
	for n, name := range w.setting.crowdNames() {
		if n%5 != 0 {
			down = append(down, w.aws.Inject(fake.Fault{Target: name, Effect: fake.ServiceUnavailable()}))
		}
	}
	defer down.remove()
	const size = 16 << 10
	if err := w.crowd.fill(plainly, 2*w.setting.inFlightBytes/size/2, size); err != nil {
		return err
	}
	if _, err := w.standstill(w.any()); err != nil {
		return err
	}
	full := time.Now()
	return w.until("ten seconds of it", func() bool { return time.Since(full) > 10*time.Second })
}

// packedBatches has a backlog of batches that unpack a thousandfold, behind records that have taught the
// bridge that nothing packs.
func packedBatches(w *World) error {
	down := w.aws.Inject(fake.Fault{Target: w.setting.crowdNames()[0], Effect: fake.ServiceUnavailable()})
	defer down.Remove()
	const size, batches = 100 << 10, 2 * partitions
	if err := w.crowd.fill(plainly, w.setting.inFlightBytes/size, size); err != nil {
		return err
	}
	if _, err := w.standstill(w.any()); err != nil {
		return err
	}
	if err := w.crowd.fill(packed, batches*packed.batchBytes/size, size); err != nil {
		return err
	}
	down.Remove()
	return w.crowd.served()
}

// standstill waits until an instance has read nothing more for a second: its window is full. It returns
// the bytes in flight then.
func (w *World) standstill(i *instance) (held int64, err error) {
	series := fmt.Sprintf("sluice_in_flight_bytes{group=%q}", w.group)
	moved := time.Now()
	err = w.until("the window to be full", func() bool {
		bytes, _ := strconv.ParseFloat(i.Metric(series), 64)
		if int64(bytes) > held {
			held, moved = int64(bytes), time.Now()
		}
		return held > 0 && time.Since(moved) > time.Second
	})
	return held, err
}
