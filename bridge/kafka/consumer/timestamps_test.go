package consumer

import (
	"context"
	"math"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

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
			kafkatest.ProduceStamped(t, c, codec, times...)
			m := join(t, k)
			for _, at := range times {
				kafkatest.ProduceStamped(t, c, codec, at)
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
				if got := kafkatest.Stamp(r); got != string(r.Value) {
					t.Errorf("timestamp %s is read alone as %s", r.Value, got)
				}
			}
			for r, err := range p.Read(t.Context(), p.Ranges()) {
				if err != nil {
					t.Fatal(err)
				}
				if got := kafkatest.Stamp(r); got != string(r.Value) {
					t.Errorf("timestamp %s is read as %s", r.Value, got)
				}
			}
		})
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
	m.source.times = reader.NewTimes(kafka.Connection{Brokers: []string{silent.Addr().String()}}, 64<<20, m.source.log)
	defer m.source.times.Close()
	if !m.source.doubts(a, []*kgo.Record{{Topic: "t", Timestamp: time.Unix(0, 1)}}) {
		t.Fatal("the timestamp is believed")
	}
	m.source.restoreTimes(ctx)
	if ctx.Err() == nil || m.logs.FilterMessageSnippet("timestamps").Len() > 0 {
		t.Error("it has waited until the look-up failed")
	}
	if n := len(a.waiting.Records); n > 0 || m.source.doubted != nil {
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
	kafkatest.ProduceStamped(t, c, kgo.NoCompression(), 1_700_000_000_123)
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
	kafkatest.ProduceStamped(t, c, kgo.NoCompression(), 1_700_000_000_123_456)
	<-asked
	m.source.gate.Lock()
	defer m.source.gate.Unlock()
	if m.logs.FilterMessageSnippet("timestamps cannot be looked up").Len() > 0 {
		t.Error("who waited for the gate, waited for the times")
	}
}
