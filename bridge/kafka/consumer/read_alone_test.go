package consumer

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/kafka/single"
	"github.com/sluice-bridge/sluice/bridge/kafka/trail"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// readingAlone has the assignment of partition 0, settled up to offset 10, read a batch alone there.
func readingAlone(t *testing.T, silent bool) (*member, *assignment) {
	t.Helper()
	m := owner(t, kafkatest.Cluster(t, 1))
	a := m.standIn(10)
	a.alone = &alone{Batch: single.NewBatch(10, -1, silent)}
	return m, a
}

func recordsFrom(first, n int64) (records []*kgo.Record) {
	for i := range n {
		records = append(records, &kgo.Record{Topic: "t", Offset: first + i, LeaderEpoch: 7})
	}
	return records
}

// What the client brings while a batch is read alone, or is to be, is read again after it; what comes from
// before it shows that the log was cut off, unless that is known since it was read alone.
func TestFetchBesideABatchReadAloneIsReadAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		doubt           error
		loud, silent    bool
		skipped, failed bool
		known           bool  // from offset 5 on, by an earlier look
		gap             int64 // before this offset, of five
		first, n, taken int64
	}{
		"nothing is wrong":          {first: 10, n: 5, taken: 5},
		"a gap":                     {first: 12, n: 5, taken: 5},
		"a batch was passed over":   {skipped: true, first: 12, n: 5},
		"before what was read":      {skipped: true, first: 3, n: 5},
		"known":                     {known: true, skipped: true, first: 5, n: 3},
		"known, and more":           {known: true, skipped: true, first: 5, n: 8, taken: 3},
		"known, and a gap":          {known: true, first: 5, n: 8, gap: 12, taken: 3},
		"known, then passed over":   {known: true, skipped: true, first: 5, n: 8, gap: 10},
		"known, more, passed over":  {known: true, skipped: true, first: 5, n: 8, gap: 12, taken: 2},
		"known before a damaged":    {known: true, doubt: errors.New("crc"), failed: true, first: 5, n: 8, taken: 3},
		"a batch is to be read":     {doubt: trail.ErrPassedOver, first: 20, n: 5},
		"before a damaged batch":    {doubt: errors.New("crc"), failed: true, first: 10, n: 5, taken: 5},
		"behind a gap before it":    {doubt: errors.New("crc"), failed: true, first: 12, n: 5},
		"a batch is read alone":     {loud: true, first: 20, n: 5},
		"a batch is only looked at": {silent: true, first: 10, n: 5, taken: 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, a := readingAlone(t, c.silent)
			if !c.loud && !c.silent {
				a.alone = nil
			}
			a.doubt = c.doubt
			if c.skipped { // as the client tells of bytes that are no record
				m.source.ahead.OnFetchBatchRead(kgo.BrokerMetadata{}, a.Topic, a.Partition, kgo.FetchBatchMetrics{CompressedBytes: 1})
			}
			if c.known {
				a.Lead.Store(5)
				a.Enter(7, 5)
			}
			records := recordsFrom(c.first, c.n)
			for _, r := range records {
				if c.gap > 0 && r.Offset >= c.gap {
					r.Offset += 5
				}
			}
			f := kgo.FetchPartition{Records: records}
			if c.failed {
				f.Err = c.doubt
			}
			if got := m.source.following(a, &f); int64(len(got)) != c.taken {
				t.Errorf("%d of %d records are taken", len(got), c.n)
			}
		})
	}
}

// What was read alone comes behind the records that wait, in its own time, and what the client is to do
// then fits what retention has done meanwhile.
func TestBatchReadAloneComesBehindWhatWaits(t *testing.T) {
	t.Parallel()
	m, a := readingAlone(t, false)
	if _, done := m.source.handOver(a); done || a.handing() {
		t.Fatal("handed over before it was read")
	}
	a.alone.Deliver(single.Finding{Batch: reader.Batch{Next: 14, Epoch: 7, Records: recordsFrom(10, 2)}})
	a.waiting.Records = recordsFrom(8, 2)
	if _, done := m.source.handOver(a); done || len(a.waiting.Records) != 2 || a.handing() {
		t.Fatalf("done: %t, while %d records wait", done, len(a.waiting.Records))
	}
	a.waiting.Records = nil
	if _, done := m.source.handOver(a); done || len(a.waiting.Records) != 2 || len(m.source.fresh) != 1 {
		t.Fatalf("done: %t; %d records wait for their turn", done, len(a.waiting.Records))
	}
	if end := a.Parted(offsets.Position{Offset: 12, Epoch: 6}); end.Offset != 10 {
		t.Errorf("the log is taken to part from what was read at %d", end.Offset)
	}
	m.source.work(t.Context())
	a.Next.Store(20) // as retention has passed
	if to, done := m.source.handOver(a); !done || to != (kgo.EpochOffset{Epoch: 7, Offset: 20}) {
		t.Errorf("done: %t; reading goes on at %+v", done, to)
	}
	kafkatest.Await(t, "all to be settled", func() bool { return a.part.Committable() == offsets.Position{Offset: 12, Epoch: 7} })
}

// A dead letter takes its place behind the records that wait.
func TestHandOverUnreadable(t *testing.T) {
	t.Parallel()
	m, a := readingAlone(t, false)
	a.alone.Deliver(single.Finding{Batch: reader.Batch{Next: 14, Epoch: 7}, Bad: &reader.BatchError{Topic: "t", Unreadable: message.Unreadable{
		First: 10, Next: 14, Epoch: 7, Reason: message.ReasonBatchCorrupt, Why: errors.New("is damaged")}}})
	a.waiting.Records = recordsFrom(8, 2)
	if _, done := m.source.handOver(a); done || a.part.Pending() != 0 {
		t.Fatal("the dead letter does not wait")
	}
	a.waiting.Records = nil
	if to, done := m.source.handOver(a); !done || to.Offset != 14 {
		t.Errorf("done: %t; reading goes on at %+v", done, to)
	}
	kafkatest.Await(t, "the dead letter", func() bool { return a.part.Committable().Offset == 14 && len(m.letters.letters()) == 1 })
}

// A window that is full is not asked again and again.
func TestHandOverIntoFullWindow(t *testing.T) {
	t.Parallel()
	m, a := readingAlone(t, false)
	m.slow.holds(func(string) bool { return true })
	defer m.slow.holds(nil)
	m.source.wait(a, []*kgo.Record{{Topic: "t", Offset: 10, Value: []byte("slow")}})
	m.source.work(t.Context())
	a.Next.Store(11)
	all, _ := m.window.Bytes()
	m.window.Reserve(all)
	defer m.window.Return(all)
	a.alone.Deliver(single.Finding{Batch: reader.Batch{Next: 14, Epoch: 7, Records: recordsFrom(11, 3)}})
	if _, done := m.source.handOver(a); done || len(a.waiting.Records) > 0 || a.handing() {
		t.Errorf("done: %t; %d records wait", done, len(a.waiting.Records))
	}
}

// A loop that was held up elsewhere has not heard the partition be silent.
func TestSilenceIsOfPolls(t *testing.T) {
	t.Parallel()
	m := owner(t, kafkatest.Cluster(t, 1))
	a := m.standIn(10)
	a.highWatermark.Store(20)
	m.source.turned = time.Now().Add(-time.Hour)
	looks := 0
	see := func() { m.source.seeAlone(func(*assignment, *alone) { looks++ }) }
	var poll watch.Silence
	poll.Grow(pollWait, false)
	if see(); looks > 0 || a.silence != poll {
		t.Fatalf("silent for %v, and %d looks", a.silence, looks)
	}
	a.silence.Grow(watch.SilentAfter, false)
	if see(); looks != 1 || !a.alone.Silent || a.paused.Load() {
		t.Errorf("%d looks: %+v", looks, a.alone)
	}
	// A doubt does not wait for it.
	a.doubt = trail.ErrPassedOver
	if see(); looks != 2 || a.alone.Silent || !a.paused.Load() {
		t.Errorf("%d looks: %+v", looks, a.alone)
	}
}

// What is read alone ends with its assignment: nothing of it is told any more.
func TestReadAloneEndsWithAssignment(t *testing.T) {
	t.Parallel()
	const key = "partition t/0"
	k := kafkatest.Cluster(t, 1)
	kafkatest.ProduceBatch(t, kafkatest.Dial(t, k), "t", 0, kafkatest.Batch{Records: kafkatest.Zeros(7, 10<<20), Codec: kgo.CodecZstd}.Bytes(t))
	m := join(t, k, func(o *Options) { o.WaitForUnreadable = true })
	kafkatest.Await(t, "trouble", func() bool { return strings.Contains(m.board.Is(key), "kafka.unreadable") })
	earlier := m.assignment("t", 0)
	m.source.Rewind([]offsets.Ack{earlier.part})
	m.source.tellAlone(earlier, "of the earlier assignment")
	kafkatest.Await(t, "the batch to be met again", func() bool { return strings.Contains(m.board.Is(key), "kafka.unreadable") })
	now := m.assignment("t", 0)
	m.source.onRevoked(t.Context(), m.source.client, map[string][]int32{"t": {0}})
	m.source.tellAlone(now, "of nobody's")
	if text := m.board.Is(key); text != "" {
		t.Errorf("still told: %s", text)
	}
}

// A partition that the client has given up is read again where it was, and so where it is found that
// retention has passed it.
func TestMoveToWhereTheClientGaveUp(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a := m.standIn(0)
	c := kafkatest.Dial(t, k)
	kafkatest.ProduceBatch(t, c, "t", 0, kafkatest.Batch{Records: kafkatest.Zeros(7, 10<<20), Codec: kgo.CodecZstd}.Bytes(t))
	kafkatest.Await(t, "the client to give it up", func() bool {
		_, _ = m.source.poll(t.Context(), 10)
		return a.doubt != nil
	})
	a.doubt = nil
	expire(t, k, 7)
	kafkatest.Produce(t, c, kafkatest.Numbered("t", 0, "after", 5)...)
	kafka.Positions{"t": {0: {Epoch: -1, Offset: 0}}}.Move(m.source.client)
	kafkatest.Await(t, "what is behind it", func() bool {
		n, _ := m.source.poll(t.Context(), 10)
		return n > 0
	})
	if told := m.expired(); len(told) != 1 || told[0] != "7" {
		t.Errorf("told of %v", told)
	}
}

// What was told of a partition that begins anew is told again, or is over: nothing else would end it.
func TestRewoundPartitionIsNotToldOf(t *testing.T) {
	t.Parallel()
	m, a := readingAlone(t, false)
	a.doubt = trail.ErrPassedOver
	m.source.tellAlone(a, "cannot be read")
	m.source.Rewind([]offsets.Ack{a.part})
	if text := m.board.Is("partition t/0"); text != "" {
		t.Errorf("still told: %s", text)
	}
	if now := m.assignment("t", 0); now.alone != nil || now.doubt != nil {
		t.Errorf("%+v goes on", now)
	}
}

// Records that take long and a batch that is read alone keep their order, and hold nobody else up.
func TestReadAloneBehindCostlyRecords(t *testing.T) {
	t.Parallel()
	const n = 30
	k := kafkatest.Cluster(t, 2)
	c := kafkatest.Dial(t, k)
	kafkatest.Produce(t, c, kafkatest.Numbered("t", 0, "0-", n)...)
	var large [][]byte
	for i := range n {
		large = append(large, kafkatest.RecordOf(i, fmt.Appendf(nil, "1-%d%s", i, strings.Repeat(" ", 800_000)), 0))
	}
	kafkatest.ProduceBatch(t, c, "t", 0, kafkatest.Batch{Records: large, Codec: kgo.CodecZstd}.Bytes(t))
	kafkatest.Produce(t, c, kafkatest.Numbered("t", 0, "2-", n)...)
	m := build(t, k)
	m.source.intake = &costly{m.pipeline(), 5 * time.Millisecond}
	m.run()
	kafkatest.Await(t, "the first of the records", func() bool { return m.arrived("0-") > 0 })
	kafkatest.Produce(t, c, kafkatest.Numbered("t", 1, "cheap", 500)...)
	kafkatest.Await(t, "the records of the other partition", func() bool { return m.arrived("cheap") == 500 })
	if m.arrived("2-") == n {
		t.Error("the other partition had to wait for all")
	}
	commits(t, k, "t", 0, 3*n)
	m.leave()
	next := 0
	for _, body := range m.sink.got {
		var block, i int
		if strings.HasPrefix(body, "cheap") {
			continue
		}
		if _, err := fmt.Sscanf(body, "%d-%d", &block, &i); err != nil {
			t.Fatal(err)
		}
		if block*n+i != next {
			t.Fatalf("%d-%d arrived, expected number %d", block, i, next)
		}
		next++
	}
	if next != 3*n {
		t.Errorf("%d arrived", next)
	}
}

// A partition whose batch waits for the turn of another one says so, and one that has ended waits no more.
func TestWaitForTurnIsTold(t *testing.T) {
	t.Parallel()
	m, a := readingAlone(t, false)
	m.source.opts.Alone <- struct{}{}
	done := make(chan struct{})
	go func() { defer close(done); m.source.readAlone(t.Context(), a, a.alone) }()
	const key = "partition t/0"
	kafkatest.Await(t, "trouble", func() bool { return strings.Contains(m.board.Is(key), "another one") })
	m.source.end([]*assignment{a})
	kafkatest.Await(t, "the end", func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	})
	<-m.source.opts.Alone
	if told := m.board.Is(key); told != "" {
		t.Errorf("after its end it is told of: %s", told)
	}
}

// A partition of which nothing comes, since the broker cannot read its log, is in trouble until something comes.
func TestSilenceThatFailsIsTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a := m.standIn(0)
	a.alone = &alone{Batch: single.NewBatch(0, -1, true)}
	fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.CorruptMessage, Count: -1})
	m.source.readAlone(t.Context(), a, a.alone)
	const key = "partition t/0"
	m.source.judge(a)
	if told := m.board.Is(key); !strings.Contains(told, "CORRUPT_MESSAGE") {
		t.Errorf("it is told: %q", told)
	}
	if quiet := m.source.failing.Quiet(time.Now().Add(time.Hour)); len(quiet) > 0 {
		t.Errorf("a look behind the log's end may call %v readable", quiet)
	}
	fault.Remove()
	a.alone = &alone{Batch: single.NewBatch(0, -1, true)}
	m.source.readAlone(t.Context(), a, a.alone)
	if m.source.judge(a); m.board.Is(key) != "" {
		t.Errorf("it can be read, and is told: %q", m.board.Is(key))
	}
}
