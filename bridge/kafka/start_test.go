package kafka

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func from(at time.Time) func(*Options) { return func(o *Options) { o.Start = Start{At: at} } }

// Where a group begins that has committed nothing: that is committed at once, before any record
// is settled, so that a restart begins there as well.
func TestStart(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(*Options)
		want   int64
	}{
		"earliest": {func(*Options) {}, 2},
		"a time":   {from(noon.Add(5 * time.Second)), 5},
		"between":  {from(noon.Add(4500 * time.Millisecond)), 5},
		"latest":   {from(noon.Add(time.Hour)), 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := cluster(t, 1)
			client := dial(t, k)
			for i, r := range numbered("t", 0, "a", 10) {
				r.Timestamp = noon.Add(time.Duration(i) * time.Second)
				produce(t, client, r)
			}
			if err := k.Cluster.DeleteRecords("t", 0, 2); err != nil {
				t.Fatal(err)
			}
			m := join(t, k, c.change)
			m.sink.mu.Lock() // nothing is settled meanwhile
			commits(t, k, "t", 0, c.want)
			m.sink.mu.Unlock()
			commits(t, k, "t", 0, 10)
			m.leave()
			if n := m.sink.count(); n != int(10-c.want) {
				t.Errorf("%d arrived", n)
			}
		})
	}
}

// What a group has committed comes before where it would start.
func TestStartOfKnownGroup(t *testing.T) {
	t.Parallel()
	k, client := settledTen(t)
	produce(t, client, numbered("t", 0, "b", 10)...)
	two := join(t, k, from(time.Now().Add(time.Hour)))
	commits(t, k, "t", 0, 20)
	if n := two.sink.count(); n != 10 {
		t.Errorf("%d arrived", n)
	}
}

// Records that come while the start is looked up are not skipped.
func TestStartMeetsNewRecord(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	client := dial(t, k)
	asked := make(chan struct{})
	written := make(chan struct{})
	var once atomic.Bool
	k.Cluster.ControlKey(int16(kmsg.ListOffsets), func(r kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		if r.(*kmsg.ListOffsetsRequest).Topics[0].Partitions[0].Timestamp >= 0 && once.CompareAndSwap(false, true) {
			// This one is answered as it stands: nothing is there yet.
			resp := r.ResponseKind().(*kmsg.ListOffsetsResponse)
			resp.Topics = []kmsg.ListOffsetsResponseTopic{{Topic: "t", Partitions: []kmsg.ListOffsetsResponseTopicPartition{
				{Partition: 0, Timestamp: -1, Offset: -1, LeaderEpoch: -1}}}}
			close(asked)
			k.Cluster.SleepControl(func() { <-written })
			return resp, nil, true
		}
		return nil, nil, false
	})
	m := join(t, k, from(time.Now()))
	<-asked
	produce(t, client, numbered("t", 0, "a", 1)...)
	close(written)
	commits(t, k, "t", 0, 1)
	if m.sink.count() != 1 {
		t.Error("skipped")
	}
}

// Retention may delete what was not read yet: that is told, for the client says nothing.
func TestExpired(t *testing.T) {
	t.Parallel()
	k, client := settledTen(t)
	produce(t, client, numbered("t", 0, "b", 50)...)
	if err := k.Cluster.DeleteRecords("t", 0, 30); err != nil {
		t.Fatal(err)
	}
	two := join(t, k)
	commits(t, k, "t", 0, 60)
	if n := two.sink.count(); n != 30 {
		t.Errorf("%d arrived", n)
	}
	logs := two.logs.FilterMessageSnippet("retention").All()
	if len(logs) != 1 || !strings.Contains(logs[0].ContextMap()["at_most"].(string), "20") {
		t.Errorf("told: %v", logs)
	}
}

// A partition whose broker does not answer for it keeps none of the others from being read.
func TestStartOfOnePartitionUnknown(t *testing.T) {
	t.Parallel()
	k := cluster(t, 2)
	client := dial(t, k)
	produce(t, client, append(numbered("t", 0, "a", 10), numbered("t", 1, "b", 10)...)...)
	fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Partitions: []int32{1}, Err: kerr.UnknownServerError, Count: -1})
	m := join(t, k)
	await(t, "the other", func() bool { return m.sink.count() == 10 })
	commits(t, k, "t", 0, 10)
	fault.Remove()
	commits(t, k, "t", 1, 10)
}

// A partition that was lost goes on where it was, not at what was committed last.
func TestResume(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	client := dial(t, k)
	produce(t, client, numbered("t", 0, "a", 10)...)
	m := join(t, k)
	commits(t, k, "t", 0, 10)
	commit := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: kerr.UnknownServerError, Count: -1})
	produce(t, client, numbered("t", 0, "b", 10)...)
	await(t, "what is new", func() bool { return m.sink.count() == 20 })
	await(t, "all settled", func() bool { n, _ := m.window.Held(); return n == 0 })
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Err: kerr.UnknownMemberID, Count: 1})
	await(t, "a loss", func() bool { return m.logs.FilterMessageSnippet("partitions lost").Len() > 0 })
	commit.Remove()
	await(t, "an owner again", func() bool { return m.owned() == 1 })
	produce(t, client, numbered("t", 0, "c", 1)...)
	commits(t, k, "t", 0, 21)
	m.leave()
	if n := m.sink.count(); n != 21 {
		t.Errorf("%d arrived", n)
	}
}
