package consumer

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"math"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
)

// someTimes are numbers that producers write: in the unit that is meant, and in those that are not.
func someTimes() []int64 {
	at := time.Date(2025, 10, 11, 12, 13, 14, 151617181, time.UTC)
	return []int64{
		at.UnixMilli(), at.UnixMicro(), at.UnixNano(), -1, 0, 1, at.UnixNano() + 1, at.UnixMilli(),
		math.MaxInt64 / int64(time.Millisecond), math.MaxInt64/int64(time.Millisecond) + 1, math.MaxInt64, math.MaxInt64 - 4_000_000_000_000, 1<<62 - 1,
		time.Date(2012, 1, 1, 0, 0, 0, 1, time.UTC).UnixNano(), // another of its kind is 9 years away
	}
}

// writeBatch writes records with timestamps, in one batch, as other clients do: this one wraps them
// around itself.
func writeBatch(t *testing.T, c *kgo.Client, codec kgo.CompressionCodec, times ...int64) {
	t.Helper()
	b := kmsg.RecordBatch{PartitionLeaderEpoch: -1, Magic: 2, ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1,
		FirstTimestamp: times[0], MaxTimestamp: slices.Max(times), NumRecords: int32(len(times)), LastOffsetDelta: int32(len(times) - 1)}
	for i, at := range times {
		r := kmsg.Record{TimestampDelta64: at - times[0], OffsetDelta: int32(i), Value: strconv.AppendInt(nil, at, 10)}
		r.Length = int32(len(r.AppendTo(nil)) - 1) // without the length, which is 0 here and has a byte
		b.Records = r.AppendTo(b.Records)
	}
	compressor, err := kgo.DefaultCompressor(codec)
	if err != nil {
		t.Fatal(err)
	}
	if compressor != nil {
		packed, codec := compressor.Compress(new(bytes.Buffer), b.Records)
		b.Records, b.Attributes = packed, int16(codec)
	}
	b.Length = int32(len(b.AppendTo(nil)) - 12)
	raw := b.AppendTo(nil)
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli)))
	partition := kmsg.NewProduceRequestTopicPartition()
	partition.Records = raw
	topic := kmsg.NewProduceRequestTopic()
	topic.Topic, topic.Partitions = "t", append(topic.Partitions, partition)
	req := kmsg.NewPtrProduceRequest()
	req.Acks, req.TimeoutMillis, req.Topics = -1, 10_000, append(req.Topics, topic)
	leader, _, err := c.PartitionLeader("t", 0)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Broker(int(leader)).RetriableRequest(t.Context(), req)
	if err == nil {
		err = kerr.ErrorForCode(answer.(*kmsg.ProduceResponse).Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// said is the number of a record's timestamp.
func said(r *kgo.Record) string {
	if r.Timestamp.IsZero() {
		return "-1"
	}
	return strconv.FormatInt(r.Timestamp.UnixMilli(), 10)
}

// The number that a producer has written as a timestamp is passed on as it is, whatever it is, however
// it is read.
func TestTimestampsAsTheyAre(t *testing.T) {
	t.Parallel()
	for name, codec := range map[string]kgo.CompressionCodec{"plain": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "zstd": kgo.ZstdCompression()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			c := kafkatest.Dial(t, k, kgo.MaxVersions(kversion.V3_0_0()), kgo.ConsumeTopics("t"))
			kafkatest.Await(t, "a leader", func() bool { leader, _, err := c.PartitionLeader("t", 0); return err == nil && leader >= 0 })
			times := someTimes()
			writeBatch(t, c, codec, times...)
			m := join(t, k)
			for _, at := range times {
				writeBatch(t, c, codec, at)
			}
			commits(t, k, "t", 0, int64(2*len(times)))
			for _, at := range times {
				value, want := strconv.FormatInt(at, 10), strconv.FormatInt(at, 10)
				if at == -1 {
					want = "" // it is none
				}
				if m.sink.stamp[value] != want {
					t.Errorf("timestamp %s arrives as %q", value, m.sink.stamp[value])
				}
			}
			p, err := reader.Open(t.Context(), reader.Options{Connection: kafka.Connection{Brokers: k.Addresses()}, Topic: "t", Timeout: 10 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			alone, err := p.Batch(t.Context(), 0, 0)
			if err != nil || len(alone.Records) != len(times) {
				t.Fatalf("%d records alone, %v", len(alone.Records), err)
			}
			for _, r := range alone.Records {
				if got := said(r); got != string(r.Value) {
					t.Errorf("timestamp %s is read alone as %s", r.Value, got)
				}
			}
			for r, err := range p.Read(t.Context(), p.Ranges()) {
				if err != nil {
					t.Fatal(err)
				}
				if got := said(r); got != string(r.Value) {
					t.Errorf("timestamp %s is read as %s", r.Value, got)
				}
			}
		})
	}
}

// A timestamp that cannot be looked up is left out; the record goes on, and so do the others.
func TestTimestampUnknown(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	l := newTimeLookup(kafka.Connection{Brokers: k.Addresses()}, 64<<20, zap.NewNop())
	defer l.close()
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	right := time.UnixMilli(1_700_000_000_123)
	micro := int64(1_700_000_000_123_456)
	records := []*kgo.Record{{Topic: "t", Timestamp: right}, {Topic: "t", Offset: 1, Timestamp: time.Unix(0, micro*1_000_000)}}
	l.restore(t.Context(), newAssignment(kafka.TopicPartition{Topic: "t", Partition: 0}, "", nil), records)
	if !records[0].Timestamp.Equal(right) || !records[1].Timestamp.IsZero() {
		t.Errorf("%v, %v", records[0].Timestamp, records[1].Timestamp)
	}
}

// What was looked up in vain is not asked for at once again, as nothing else is read meanwhile; but in a while it is.
func TestTimesAreNotLookedUpAgainAtOnce(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	c := kafkatest.Dial(t, k, kgo.MaxVersions(kversion.V3_0_0()), kgo.ConsumeTopics("t"))
	kafkatest.Await(t, "a leader", func() bool { leader, _, err := c.PartitionLeader("t", 0); return err == nil && leader >= 0 })
	const micro = 1_700_000_000_123_456
	writeBatch(t, c, kgo.NoCompression(), micro)
	l := newTimeLookup(kafka.Connection{Brokers: k.Addresses()}, 64<<20, zap.NewNop())
	defer l.close()
	a := newAssignment(kafka.TopicPartition{Topic: "t", Partition: 0}, "", nil)
	a.highWatermark.Store(1)
	brief, cancel := context.WithTimeout(t.Context(), 2*pollTurn)
	defer cancel()
	fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.NotLeaderForPartition, Count: -1})
	l.restore(brief, a, []*kgo.Record{{Topic: "t", Timestamp: time.Unix(0, micro)}})
	fault.Remove()
	if rest := time.Until(l.resumes); rest <= 0 || rest > lookUpRest*lookUpTimes {
		t.Errorf("the next is looked up after %s", rest)
	}
	for _, row := range []struct {
		rests time.Duration
		want  int64
	}{{time.Minute, -1}, {0, micro}} {
		l.resumes = time.Now().Add(row.rests)
		r := &kgo.Record{Topic: "t", Timestamp: time.Unix(0, micro*1_000_000%math.MaxInt64)}
		if l.restore(t.Context(), a, []*kgo.Record{r}); said(r) != strconv.FormatInt(row.want, 10) {
			t.Errorf("where it rests for %s, the timestamp is %s", row.rests, said(r))
		}
	}
}

// What is read of a large batch in many polls is not fetched anew for each, and what another leader has written
// at the same offsets is.
func TestTimesAreReadAhead(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	c := kafkatest.Dial(t, k, kgo.MaxVersions(kversion.V3_0_0()), kgo.ConsumeTopics("t"))
	kafkatest.Await(t, "a leader", func() bool { leader, _, err := c.PartitionLeader("t", 0); return err == nil && leader >= 0 })
	const most, each = 2000, 50
	times := make([]int64, most)
	for i := range times {
		times[i] = 1_700_000_000_123_456 + int64(i)
	}
	writeBatch(t, c, kgo.ZstdCompression(), times...)
	l := newTimeLookup(kafka.Connection{Brokers: k.Addresses()}, 64<<20, zap.NewNop())
	defer l.close()
	a := newAssignment(kafka.TopicPartition{Topic: "t", Partition: 0}, "", nil)
	a.highWatermark.Store(most)
	var fetches atomic.Int32
	k.Cluster.ControlKey(int16(kmsg.Fetch), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		fetches.Add(1)
		return nil, nil, false
	})
	polled := func(first int, epoch int32) []*kgo.Record {
		var records []*kgo.Record
		for i := first; i < first+each; i++ {
			records = append(records, &kgo.Record{Topic: "t", Offset: int64(i), LeaderEpoch: epoch, Timestamp: time.Unix(0, times[i]*1_000_000)})
		}
		return records
	}
	for first := 0; first < most; first += each {
		records := polled(first, 0)
		l.restore(t.Context(), a, records)
		for i, r := range records {
			if r.Timestamp.UnixMilli() != times[first+i] {
				t.Fatalf("record %d is of %v", r.Offset, r.Timestamp)
			}
		}
	}
	n := fetches.Load()
	if n > most/each/4 {
		t.Errorf("%d fetches for %d polls", n, most/each)
	}
	l.restore(t.Context(), a, polled(most-each, 1))
	if fetches.Load() == n {
		t.Error("the times of other records are taken for those of an earlier leader")
	}
}

// A stop does not wait for timestamps: nothing is taken any more of what was read.
func TestTimestampsHoldUpNoStop(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		if asked, err := silent.Accept(); err == nil {
			stop()
			<-t.Context().Done()
			_ = asked.Close()
		}
	}()
	m := owner(t, kafkatest.Cluster(t, 1))
	a := m.standIn(0)
	m.source.times = newTimeLookup(kafka.Connection{Brokers: []string{silent.Addr().String()}}, 64<<20, m.source.log)
	defer m.source.times.close()
	if !m.source.times.doubts(a, []*kgo.Record{{Topic: "t", Timestamp: time.Unix(0, 1)}}) {
		t.Fatal("the timestamp is believed")
	}
	m.source.restoreTimes(ctx)
	if ctx.Err() == nil || m.logs.FilterMessageSnippet("timestamps").Len() > 0 {
		t.Error("it has waited until the look-up failed")
	}
	if n := len(a.waiting); n > 0 || m.source.times.doubted != nil {
		t.Errorf("%d records wait for a turn that never comes", n)
	}
}

// A rebalance does not wait for times that are looked up.
func TestGateIsFreeWhileTimesAreLookedUp(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	c := kafkatest.Dial(t, k, kgo.MaxVersions(kversion.V3_0_0()), kgo.ConsumeTopics("t"))
	kafkatest.Await(t, "a leader", func() bool { leader, _, err := c.PartitionLeader("t", 0); return err == nil && leader >= 0 })
	m := join(t, k)
	writeBatch(t, c, kgo.NoCompression(), 1_700_000_000_123)
	commits(t, k, "t", 0, 1)
	// What looks up times begins with a connection of its own.
	asked, answer := make(chan struct{}, 100), make(chan struct{})
	k.Cluster.ControlKey(int16(kmsg.ApiVersions), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		k.Cluster.SleepControl(func() {
			asked <- struct{}{}
			<-answer
		})
		return nil, nil, false
	})
	defer close(answer)
	writeBatch(t, c, kgo.NoCompression(), 1_700_000_000_123_456)
	<-asked
	m.source.gate.Lock()
	defer m.source.gate.Unlock()
	if m.logs.FilterMessageSnippet("timestamps cannot be looked up").Len() > 0 {
		t.Error("who waited for the gate, waited for the times")
	}
}
