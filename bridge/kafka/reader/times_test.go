package reader

import (
	"context"
	"math"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// A timestamp that cannot be looked up is left out; the record goes on, and so do the others.
func TestUnknownTimestampIsLeftOut(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	l := NewTimes(kafka.Connection{Brokers: k.Addresses()}, 64<<20, zap.NewNop())
	defer l.Close()
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	right := time.UnixMilli(1_700_000_000_123)
	micro := int64(1_700_000_000_123_456)
	records := []*kgo.Record{{Topic: "t", Timestamp: right}, {Topic: "t", Offset: 1, Timestamp: time.Unix(0, micro*1_000_000)}}
	l.Restore(t.Context(), offsets.NewTracker("t", 0, offsets.TopicIdentity{}, nil), 0, records)
	if !records[0].Timestamp.Equal(right) || !records[1].Timestamp.IsZero() {
		t.Errorf("%v, %v", records[0].Timestamp, records[1].Timestamp)
	}
}

// Whoever stops does not wait for a broker that takes a connection and says nothing.
func TestTimesEndBesideASilentBroker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := kafka.Connection{Brokers: []string{"broker:9092"}, Dial: kafkatest.Silent}
		l := NewTimes(c, 64<<20, zap.NewNop())
		defer l.Close()
		kafkatest.EndsWithContext(t, func(ctx context.Context) {
			l.Restore(ctx, offsets.NewTracker("t", 0, offsets.TopicIdentity{}, nil), 1, []*kgo.Record{{Topic: "t", Timestamp: time.Unix(0, 1_700_000_000_123_456)}})
		})
	})
}

// What was looked up in vain is not asked for at once again, as nothing else is read meanwhile; but in a while it is.
func TestTimesAreNotLookedUpAgainAtOnce(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	c := kafkatest.Dial(t, k, kgo.MaxVersions(kversion.V3_0_0()), kgo.ConsumeTopics("t"))
	kafkatest.Await(t, "a leader", func() bool { leader, _, err := c.PartitionLeader("t", 0); return err == nil && leader >= 0 })
	const micro = 1_700_000_000_123_456
	kafkatest.ProduceStamped(t, c, kgo.NoCompression(), micro)
	l := NewTimes(kafka.Connection{Brokers: k.Addresses()}, 64<<20, zap.NewNop())
	defer l.Close()
	a := offsets.NewTracker("t", 0, offsets.TopicIdentity{}, nil)
	const end = 1
	brief, cancel := context.WithTimeout(t.Context(), 2*lookUpLong)
	defer cancel()
	fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.NotLeaderForPartition, Count: -1})
	l.Restore(brief, a, end, []*kgo.Record{{Topic: "t", Timestamp: time.Unix(0, micro)}})
	fault.Remove()
	if rest := time.Until(l.resumes); rest <= 0 || rest > lookUpRest*LookUpTimes {
		t.Errorf("the next is looked up after %s", rest)
	}
	for _, row := range []struct {
		rests time.Duration
		want  int64
	}{{time.Minute, -1}, {0, micro}} {
		l.resumes = time.Now().Add(row.rests)
		r := &kgo.Record{Topic: "t", Timestamp: time.Unix(0, micro*1_000_000%math.MaxInt64)}
		if l.Restore(t.Context(), a, end, []*kgo.Record{r}); kafkatest.Stamp(r) != strconv.FormatInt(row.want, 10) {
			t.Errorf("where it rests for %s, the timestamp is %s", row.rests, kafkatest.Stamp(r))
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
	kafkatest.ProduceStamped(t, c, kgo.ZstdCompression(), times...)
	l := NewTimes(kafka.Connection{Brokers: k.Addresses()}, 64<<20, zap.NewNop())
	defer l.Close()
	a := offsets.NewTracker("t", 0, offsets.TopicIdentity{}, nil)
	const end = most
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
		l.Restore(t.Context(), a, end, records)
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
	l.Restore(t.Context(), a, end, polled(most-each, 1))
	if fetches.Load() == n {
		t.Error("the times of other records are taken for those of an earlier leader")
	}
}
