package consumer

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/kafka/single"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Beside a window of 64 MiB a batch that is read alone may take 64 MiB; beside others it may take 20 MiB.
func TestBatchesTheClientCannotReadAreReadAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		batch  kafkatest.Batch
		reason message.Reason // empty: it is read after all
		why    string
		codec  string
	}{
		"a bomb":                {kafkatest.Batch{Records: kafkatest.Zeros(7, 10<<20), Codec: kgo.CodecZstd}, message.ReasonBatchTooLarge, "takes more than", "zstd"},
		"a bomb of gzip":        {kafkatest.Batch{Records: kafkatest.Zeros(1, 70<<20), Codec: kgo.CodecGzip}, message.ReasonBatchTooLarge, "takes more than", "gzip"},
		"a bomb of snappy":      {kafkatest.Batch{Records: kafkatest.Zeros(1, 70<<20), Codec: kgo.CodecSnappy}, message.ReasonBatchTooLarge, "takes more than", "snappy"},
		"a bomb of lz4":         {kafkatest.Batch{Records: kafkatest.Zeros(1, 70<<20), Codec: kgo.CodecLz4}, message.ReasonBatchTooLarge, "takes more than", "lz4"},
		"empty records":         {kafkatest.Batch{Records: kafkatest.Zeros(400_000, 0), Codec: kgo.CodecZstd}, message.ReasonBatchTooLarge, "takes more than", "zstd"},
		"empty headers":         {kafkatest.Batch{Records: [][]byte{kafkatest.RecordOf(0, nil, 1_500_000)}, Codec: kgo.CodecZstd}, message.ReasonBatchTooLarge, "takes more than", "zstd"},
		"large, and readable":   {kafkatest.Batch{Records: kafkatest.Zeros(280, 200_000), Codec: kgo.CodecZstd}, "", "", ""},
		"not compressed at all": {kafkatest.Batch{Records: kafkatest.Zeros(1, 1), Packed: []byte("not zstd"), Codec: kgo.CodecZstd}, message.ReasonBatchCorrupt, "cannot be unpacked", "zstd"},
		"no records in it":      {kafkatest.Batch{Count: 3, Packed: []byte{0xff, 0xff, 0xff}}, message.ReasonBatchCorrupt, "cannot be decoded", "uncompressed"},
		"one record only":       {kafkatest.Batch{Records: [][]byte{kafkatest.RecordOf(0, []byte("x"), 0), {0xff, 0xff, 0xff}}, Codec: kgo.CodecZstd}, message.ReasonBatchCorrupt, "record 2 is cut off", "zstd"},
		"no records, packed":    {kafkatest.Batch{Records: [][]byte{{0xff, 0xff, 0xff}}, Count: 3, Codec: kgo.CodecZstd}, message.ReasonBatchCorrupt, "cannot be decoded", "zstd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1, kfake.BrokerConfigs(map[string]string{"message.max.bytes": "10000000"}))
			client := kafkatest.Dial(t, k)
			raw := c.batch.Bytes(t)
			count := int64(c.batch.Count)
			if count == 0 {
				count = int64(len(c.batch.Records))
			}
			kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "before", 5)...)
			kafkatest.ProduceBatch(t, client, "t", 0, raw)
			kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "after", 5)...)
			m := join(t, k)
			m.letters.open(false)
			if c.reason != "" {
				kafkatest.Await(t, "what is behind it", func() bool { return m.sink.times()["after4"] > 0 })
				if at := kafkatest.Committed(k, group, "t", 0); at > 5 {
					t.Errorf("%d is committed before the dead letter was written", at)
				}
			}
			m.letters.open(true)
			commits(t, k, "t", 0, 10+count)
			letters := m.letters.letters()
			if c.reason == "" {
				if n := m.sink.count(); len(letters) > 0 || n != int(10+count) {
					t.Fatalf("%d arrived, and %d dead letters", n, len(letters))
				}
				kafkatest.Await(t, "the memory of it to be given back", func() bool { _, bytes := m.window.Held(); return bytes == 0 })
				return
			}
			if len(letters) != 1 {
				t.Fatalf("%d dead letters", len(letters))
			}
			l := letters[0]
			if l.Reason != c.reason || !strings.Contains(l.Error, c.why) || l.Batch == nil {
				t.Fatalf("the dead letter says %s: %s (%+v)", l.Reason, l.Error, l.Batch)
			}
			if b := l.Batch; b.Next != 5+count || b.Bytes != len(raw) || b.Codec != c.codec || l.Record.Offset != b.First || l.Record.Topic != "t" {
				t.Errorf("the dead letter names %s and %+v", l.Source(), *b)
			}
			for _, r := range kafkatest.Numbered("t", 0, "after", 5) {
				if n := m.sink.times()[string(r.Value)]; n != 1 {
					t.Errorf("%s arrived %d times", r.Value, n)
				}
			}
			if text := m.board.Is("partition t/0"); text != "" {
				t.Errorf("still in trouble: %s", text)
			}
		})
	}
}

// Records of a batch that is read alone come before what is behind it.
func TestReadAloneKeepsOrder(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	var large kafkatest.Batch
	large.Codec = kgo.CodecZstd
	for i := range 100 {
		large.Records = append(large.Records, kafkatest.RecordOf(i, fmt.Appendf(bytes.Repeat([]byte{'0'}, 250_000), "-%d", i), 0))
	}
	kafkatest.ProduceBatch(t, client, "t", 0, large.Bytes(t))
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "after", 3)...)
	m := join(t, k)
	commits(t, k, "t", 0, 103)
	m.sink.mu.Lock()
	defer m.sink.mu.Unlock()
	if len(m.sink.got) != 103 {
		t.Fatalf("%d arrived", len(m.sink.got))
	}
	for i, body := range m.sink.got {
		want := fmt.Sprintf("after%d", i-100)
		if i < 100 {
			want = fmt.Sprintf("-%d", i)
		}
		if !strings.HasSuffix(body, want) {
			t.Fatalf("at %d is ...%s, expected ...%s", i, body[max(0, len(body)-20):], want)
		}
	}
}

// With the policy to wait the partition stands, says why for as long as it does, and the other ones go on.
func TestWaitForUnreadable(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "before", 5)...)
	kafkatest.ProduceBatch(t, client, "t", 0, kafkatest.Batch{Records: kafkatest.Zeros(7, 10<<20), Codec: kgo.CodecZstd}.Bytes(t))
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "after", 5)...)
	m := join(t, k, func(o *Options) { o.WaitForUnreadable = true })
	kafkatest.Await(t, "trouble", func() bool { return strings.Contains(m.board.Is("partition t/0"), "the batch of t/0:5-11") })
	if text := m.board.Is("partition t/0"); !strings.Contains(text, "kafka.unreadable") {
		t.Errorf("no remedy: %s", text)
	}
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 1, "other", 5)...)
	commits(t, k, "t", 1, 5)
	commits(t, k, "t", 0, 5)
	if m.board.Is("partition t/0") == "" || m.sink.times()["after0"] > 0 {
		t.Error("it goes on")
	}
	m.leave()
	m = join(t, k) // as a reload does
	commits(t, k, "t", 0, 17)
	if n := len(m.letters.letters()); n != 1 {
		t.Errorf("%d dead letters", n)
	}
}

// A batch of a transaction that was given up is for nobody, readable or not.
func TestUnreadableOfAbortedTransaction(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	tx := kafkatest.Dial(t, k, kgo.TransactionalID("tx"), kgo.ProducerBatchCompression(kgo.ZstdCompression()), kgo.ProducerBatchMaxBytes(80<<20))
	if err := tx.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, tx, &kgo.Record{Topic: "t", Value: bytes.Repeat([]byte{'0'}, 70<<20)})
	if err := tx.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "after", 5)...)
	m := join(t, k)
	kafkatest.Await(t, "what is behind it", func() bool { return m.sink.times()["after4"] == 1 })
	if n := len(m.letters.letters()); n != 0 {
		t.Errorf("%d dead letters", n)
	}
}

// A batch without records that nothing follows is found although the client is silent of it.
func TestBatchWithoutRecordsAtTheEndIsPassed(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "before", 5)...)
	kafkatest.ProduceBatch(t, client, "t", 0, kafkatest.Batch{Count: 3, Packed: []byte{0xff, 0xff, 0xff}}.Bytes(t))
	m := join(t, k)
	commits(t, k, "t", 0, 8)
	if l := m.letters.letters(); len(l) != 1 || l[0].Batch.First != 5 || l[0].Batch.Next != 8 {
		t.Errorf("dead letters %+v", l)
	}
}

// Where retention has deleted what is to be read again, a batch without records behind that is read alone from where the
// log begins.
func TestSkippedBatchBehindExpired(t *testing.T) {
	t.Parallel()
	k, client := settledTen(t)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "slow", 5)...)
	m := build(t, k)
	m.slow.holds(func(string) bool { return true })
	m.run()
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 5 })
	expire(t, k, 15)
	m.source.Rewind([]offsets.Ack{m.assignment("t", 0).part})
	kafkatest.ProduceBatch(t, client, "t", 0, kafkatest.Batch{Count: 3, Packed: []byte{0xff, 0xff, 0xff}}.Bytes(t))
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "after", 5)...)
	kafkatest.Await(t, "what is behind it", func() bool { return m.sink.times()["after4"] == 1 })
	if l := m.letters.letters(); len(l) != 1 || l[0].Batch.First != 15 || l[0].Batch.Next != 18 {
		t.Errorf("dead letters %+v", l)
	}
	if told := m.expired(); len(told) != 1 || told[0] != "5" {
		t.Errorf("told of %v", told)
	}
}

// The dead letter of a batch comes behind records that wait for their schemas.
func TestUnreadableComesBehindWaiting(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a := m.assignment("t", 0)
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	a.waiting.Records = kafkatest.Numbered("t", 0, "a", 1)
	a.alone = &alone{Batch: single.NewBatch(1, -1, false)}
	a.alone.Deliver(single.Finding{Batch: reader.Batch{Next: 4}, Bad: &reader.BatchError{Topic: "t", Unreadable: message.Unreadable{First: 1, Next: 4, Why: errSilent}}})
	if _, done := m.source.handOver(a); done || a.part.Committable().Offset != 0 {
		t.Errorf("it is done, and the mark is %+v", a.part.Committable())
	}
	a.waiting.Records = nil
	if to, done := m.source.handOver(a); !done || to.Offset != 4 {
		t.Errorf("%+v, %v", to, done)
	}
	kafkatest.Await(t, "its dead letter", func() bool { return a.part.Committable().Offset == 4 })
}

// What the client holds of a partition waits there while a slow destination leaves little room: that is no silence.
func TestNoLookBehindSlowDestination(t *testing.T) {
	t.Parallel()
	const partitions, each = 60, 400
	k := kafkatest.Cluster(t, partitions)
	client := kafkatest.Dial(t, k)
	var all []*kgo.Record
	for p := range int32(partitions) {
		all = append(all, kafkatest.Numbered("t", p, fmt.Sprintf("%d-", p), each)...)
	}
	kafkatest.Produce(t, client, all...)
	m := build(t, k)
	m.sink.holds(func(string) bool { time.Sleep(10 * time.Millisecond); return false })
	m.run()
	kafkatest.Await(t, "some to be sent", func() bool { return m.sink.count() > 200 })
	time.Sleep(2 * watch.SilentAfter)
	if n := m.logs.FilterMessage("the next batch is read alone").Len(); n > 0 {
		t.Errorf("%d batches were read alone", n)
	}
}
