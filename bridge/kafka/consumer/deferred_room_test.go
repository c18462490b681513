package consumer

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// unknowing takes nothing, as where no schema is known, until it is taught.
type unknowing struct {
	Intake
	taught atomic.Bool
}

func (u *unknowing) Accept(part *offsets.Tracker, records []*kgo.Record) (int, string) {
	if !u.taught.Load() {
		return 0, "a schema"
	}
	return u.Intake.Accept(part, records)
}

// What waits for schemas counts in the window, however many partitions it is of, and is read no further
// than that; what is given up counts no more; and all of it is taken in the end.
func TestRecordsThatWaitForSchemasCountInTheWindow(t *testing.T) {
	t.Parallel()
	const partitions, each, size = 120, 9, 100 << 10 // far more than the window
	k := kafkatest.Cluster(t, partitions)
	m := build(t, k)
	intake := &unknowing{Intake: m.source.intake}
	m.source.intake = intake
	m.run()
	c := kafkatest.Dial(t, k, kgo.ProducerBatchMaxBytes(1000<<10))
	pad := strings.Repeat("x", size)
	for p := range int32(partitions) {
		var all []*kgo.Record
		for i := range each {
			all = append(all, &kgo.Record{Topic: "t", Partition: p, Value: fmt.Appendf(nil, "%d/%d %s", p, i, pad)})
		}
		kafkatest.Produce(t, c, all...)
	}
	const window = 64 << 20
	full := func() bool { _, bytes := m.window.Held(); return bytes > window/2 }
	kafkatest.Await(t, "the window to be full", full)
	turns := m.source.Progress()[0]
	kafkatest.Await(t, "the loop to go on", func() bool { return m.source.Progress()[0] > turns+5 })
	_, bytes := m.window.Held()
	if most := int64(window + 4<<20); bytes > most {
		t.Errorf("%d bytes wait, of a window of %d", bytes, window)
	}
	var all []offsets.Ack
	for p := range int32(partitions) {
		all = append(all, m.assignment("t", p).part)
	}
	m.source.Rewind(all)
	if _, bytes := m.window.Held(); bytes > 8<<20 { // a poll may have come since
		t.Errorf("%d bytes wait after the assignments have ended", bytes)
	}
	kafkatest.Await(t, "the window to be full again", full)
	intake.taught.Store(true)
	kafkatest.Await(t, "all records", func() bool { return m.sink.count() == partitions*each })
	kafkatest.Await(t, "an empty window", func() bool { n, bytes := m.window.Held(); return n == 0 && bytes == 0 })
}

// unknowingOf takes nothing of all partitions but one, until it is taught.
type unknowingOf struct {
	Intake
	but    atomic.Int32
	taught atomic.Bool
}

func (u *unknowingOf) Accept(part *offsets.Tracker, records []*kgo.Record) (int, string) {
	if part.ID != u.but.Load() && !u.taught.Load() {
		return 0, "a schema"
	}
	return u.Intake.Accept(part, records)
}

// However many partitions wait for schemas, another one goes on; all are told of; and what waited, or was put
// back, comes once and in order.
func TestWaitingLeavesRoom(t *testing.T) {
	t.Parallel()
	const partitions = 120
	for name, c := range map[string]struct{ each, size int }{
		"large records": {9, 100 << 10}, // more than the window has bytes
		"many records":  {60, 10},       // more than it has records
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, partitions+1)
			m := build(t, k)
			intake := &unknowingOf{Intake: m.source.intake}
			intake.but.Store(partitions)
			m.source.intake = intake
			m.run()
			client := kafkatest.Dial(t, k, kgo.ProducerBatchMaxBytes(1000<<10))
			pad := strings.Repeat("x", c.size)
			for p := range int32(partitions) {
				var all []*kgo.Record
				for i := range c.each {
					all = append(all, &kgo.Record{Topic: "t", Partition: p, Value: fmt.Appendf(nil, "%d %d %s", p, i, pad)})
				}
				kafkatest.Produce(t, client, all...)
			}
			kafkatest.Await(t, "a window in which no more may wait", m.window.Crowded)
			const good = 300
			for i := range good / 100 {
				kafkatest.Produce(t, client, kafkatest.Numbered("t", partitions, fmt.Sprintf("good%d-", i), 100)...)
				kafkatest.Await(t, "the records of another partition", func() bool { return m.arrived("good") == 100*(i+1) })
			}
			kafkatest.Await(t, "trouble of all that wait", func() bool {
				for p := range int32(partitions) {
					if m.board.Is(watch.LackKey(kafka.TopicPartition{Topic: "t", Partition: p})) == "" {
						return false
					}
				}
				return true
			})
			intake.taught.Store(true)
			kafkatest.Await(t, "all records", func() bool { return m.sink.count() >= partitions*c.each+good })
			kafkatest.Await(t, "an empty window", func() bool { n, bytes := m.window.Held(); return n == 0 && bytes == 0 })
			m.leave()
			next := map[int]int{}
			for _, body := range m.sink.got {
				var p, i int
				if n, _ := fmt.Sscanf(body, "%d %d", &p, &i); n == 2 {
					if i != next[p] {
						t.Fatalf("partition %d: record %d comes where %d is next", p, i, next[p])
					}
					next[p]++
				}
			}
			for p := range partitions {
				if next[p] != c.each {
					t.Errorf("partition %d: %d records", p, next[p])
				}
			}
		})
	}
}

// What was put back for schemas that have come since is read though nothing else may wait, while the schemas of
// others do not come.
func TestPutBackHasItsTurn(t *testing.T) {
	t.Parallel()
	const partitions, each = 8, 400 // more than may wait
	k := kafkatest.Cluster(t, partitions)
	m := build(t, k)
	intake := &unknowingOf{Intake: m.source.intake}
	intake.but.Store(-1)
	m.source.intake = intake
	m.run()
	client := kafkatest.Dial(t, k)
	for p := range int32(partitions) {
		kafkatest.Produce(t, client, kafkatest.Numbered("t", p, fmt.Sprintf("%d-", p), each)...)
	}
	back := int32(-1)
	kafkatest.Await(t, "a partition that was put back, and is told of as such", func() bool {
		for p := range int32(partitions) {
			if strings.Contains(m.board.Is(watch.LackKey(kafka.TopicPartition{Topic: "t", Partition: p})), "in turn") {
				back = p
			}
		}
		return back >= 0
	})
	intake.but.Store(back)
	kafkatest.Await(t, "its records", func() bool { return m.arrived(fmt.Sprintf("%d-", back)) == each })
	if n := m.sink.count(); n != each || !m.window.Crowded() {
		t.Errorf("%d records have arrived; no more may wait: %t", n, m.window.Crowded())
	}
	kafkatest.Await(t, "the end of its trouble", func() bool { return m.board.Is(watch.LackKey(kafka.TopicPartition{Topic: "t", Partition: back})) == "" })
}

// One read of a partition that is stuck leaves room to others, though nobody knew how large its records are; what
// it has left of them is read again.
func TestFirstReadLeavesRoom(t *testing.T) {
	t.Parallel()
	const each = 1000
	k := kafkatest.Cluster(t, 2)
	client := kafkatest.Dial(t, k)
	m := buildWithin(t, k, offsets.NewWindow(2000, 1<<20))
	m.slow.holds(func(string) bool { return true })
	pad := strings.Repeat("x", 1<<10)
	var all []*kgo.Record
	for i := range each {
		all = append(all, &kgo.Record{Topic: "t", Value: fmt.Appendf(nil, "slow-%d %s", i, pad)})
	}
	kafkatest.Produce(t, client, all...)
	m.run()
	kafkatest.Await(t, "its share", func() bool { a := m.assignment("t", 0); return a != nil && a.paused.Load() })
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 1, "a", 100)...)
	commits(t, k, "t", 1, 100)
	if _, bytes := m.window.Held(); bytes > 3<<20/4+16<<10 {
		t.Errorf("%d bytes are held", bytes)
	}
	m.slow.holds(nil)
	commits(t, k, "t", 0, each)
	if n := m.slow.count(); n != each {
		t.Errorf("%d records have arrived", n)
	}
}
