package reader

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/test/parts"
)

// The leader epoch of a record is part of its ids: it stays what it was through other leaders, and where
// compaction writes its batch anew.
func TestEpochsOfRecordsStay(t *testing.T) {
	k := parts.OwnKafka(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := kafkatest.Client(t, []string{k.Addr})
	admin := kadm.NewClient(c)
	often := "50"
	if _, err := admin.AlterBrokerConfigs(ctx, []kadm.AlterConfig{{Name: "log.cleaner.backoff.ms", Value: &often}}); err != nil {
		t.Fatal(err)
	}
	compact, soon, dirty := "compact", "1", "0.001"
	topic := map[string]*string{"cleanup.policy": &compact, "segment.ms": &soon, "min.cleanable.dirty.ratio": &dirty}
	if _, err := admin.CreateTopic(ctx, 1, 1, topic, "t"); err != nil {
		t.Fatal(err)
	}
	write := func(keys ...string) {
		t.Helper()
		var batch []*kgo.Record
		for _, key := range keys {
			batch = append(batch, &kgo.Record{Topic: "t", Key: []byte(key), Value: []byte("v")})
		}
		if err := c.ProduceSync(ctx, batch...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	write("a", "b", "c")
	want := epochs(ctx, t, k.Addr)
	for range 2 {
		if err := k.Restart(ctx); err != nil {
			t.Fatal(err)
		}
		write("a", "d")
		now := epochs(ctx, t, k.Addr)
		for offset, epoch := range want {
			if now[offset] != epoch {
				t.Errorf("the record at %d is of epoch %d, and was of %d", offset, now[offset], epoch)
			}
		}
		want = now
	}
	of := map[int32]bool{}
	for epoch := range maps.Values(want) {
		of[epoch] = true
	}
	if len(of) != 3 || want[0] != 0 {
		t.Fatalf("epochs %v of records by offset: three leaders were expected", want)
	}
	for {
		write("e") // has what came before be looked at
		now := epochs(ctx, t, k.Addr)
		for offset, epoch := range now {
			if was, ok := want[offset]; ok && was != epoch {
				t.Fatalf("the record at %d is of epoch %d once compacted, and was of %d", offset, epoch, was)
			}
		}
		_, a := now[0]
		_, b := now[1] // of the same batch, and the latest of its key
		if !a && b {
			return
		}
	}
}

// epochs returns the leader epochs of all records of t/0, by offset.
func epochs(ctx context.Context, t *testing.T, addr string) map[int64]int32 {
	t.Helper()
	c := kafkatest.Client(t, []string{addr}, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{"t": {0: kgo.NewOffset().AtStart()}}))
	defer c.Close()
	ends, err := kadm.NewClient(c).ListEndOffsets(ctx, "t")
	if err != nil {
		t.Fatal(err)
	}
	end, _ := ends.Lookup("t", 0)
	all := map[int64]int32{}
	for last := int64(-1); last < end.Offset-1; {
		fetches := c.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) { all[r.Offset], last = r.LeaderEpoch, r.Offset })
	}
	return all
}
