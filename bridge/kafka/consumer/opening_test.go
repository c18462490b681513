package consumer

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/opening"
	"github.com/sluice-bridge/sluice/fake"
)

// starts returns the options of an opening with the start of the group, and those of entries for topics:
// names, or beginnings of names that end in *.
func starts(k *fake.Kafka, first opening.Start, entries map[string]opening.Start) opening.Options {
	return opening.Options{
		Connection: kafka.Connection{Brokers: k.Addresses()}, Group: group, Topics: []string{"/.*/"}, Since: time.Now(),
		Start: func(topic string) (opening.Start, string) {
			for _, entry := range slices.Sorted(maps.Keys(entries)) {
				if prefix, ok := strings.CutSuffix(entry, "*"); topic == entry || ok && strings.HasPrefix(topic, prefix) {
					return entries[entry], entry
				}
			}
			return first, ""
		},
	}
}

var latest = opening.Start{Latest: true}

// open runs an opening to its end.
func open(t *testing.T, opts opening.Options) *opening.Opening {
	t.Helper()
	o := opening.New(opts, zap.NewNop())
	if err := o.Try(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o
}

// asOpened has a member read all topics, and begin where an opening has said.
func asOpened(o *opening.Opening) func(*Options) {
	return func(opts *Options) { opts.Topics, opts.Starts = []string{"/.*/"}, o.Starts() }
}

func create(t *testing.T, k *fake.Kafka, topic string, partitions int32) {
	t.Helper()
	if err := k.Cluster.CreateTopic(topic, partitions, nil); err != nil {
		t.Fatal(err)
	}
}

// Where a group begins that has no offset at all: that is committed before it is joined, so that a
// restart begins there as well.
func TestStartOfNewGroupIsCommittedBeforeItIsJoined(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		start opening.Start
		want  int64
	}{
		"earliest": {opening.Start{}, 2},
		"a time":   {opening.Start{At: noon.Add(5 * time.Second)}, 5},
		"between":  {opening.Start{At: noon.Add(4500 * time.Millisecond)}, 5},
		"later":    {opening.Start{At: noon.Add(time.Hour)}, 10},
		"latest":   {latest, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			client := kafkatest.Dial(t, k)
			for i, r := range kafkatest.Numbered("t", 0, "a", 10) {
				r.Timestamp = noon.Add(time.Duration(i) * time.Second)
				kafkatest.Produce(t, client, r)
			}
			if err := k.Cluster.DeleteRecords("t", 0, 2); err != nil {
				t.Fatal(err)
			}
			o := open(t, starts(k, c.start, nil))
			if c.start != (opening.Start{}) && kafkatest.Committed(k, group, "t", 0) != c.want {
				t.Errorf("committed: %d", kafkatest.Committed(k, group, "t", 0))
			}
			m := join(t, k, asOpened(o))
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

// What is new to a group that has offsets is read from its first record, whatever the start and the
// stamps of the records: partitions and topics that were made while nobody read.
func TestOpeningOfKnownGroup(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	m := join(t, k, asOpened(open(t, starts(k, latest, nil))))
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 10)...)
	commits(t, k, "t", 0, 20)
	m.leave()
	if _, err := kadm.NewClient(client).CreatePartitions(t.Context(), 1, "t"); err != nil {
		t.Fatal(err)
	}
	create(t, k, "u", 1)
	records := append(kafkatest.Numbered("t", 1, "c", 10), kafkatest.Numbered("u", 0, "d", 10)...)
	for _, r := range records {
		r.Timestamp = time.Unix(0, 0)
	}
	kafkatest.Produce(t, kafkatest.Dial(t, k), append(records, kafkatest.Numbered("t", 0, "e", 10)...)...)
	two := join(t, k, asOpened(open(t, starts(k, latest, nil))))
	commits(t, k, "t", 0, 30)
	commits(t, k, "t", 1, 10)
	commits(t, k, "u", 0, 10)
	if n, m := two.sink.count(), m.sink.count(); n != 30 || m != 10 {
		t.Errorf("%d and %d arrived", m, n)
	}
	told := map[string]int64{}
	for _, e := range two.logs.FilterMessageSnippet("no offset of these partitions").All() {
		told[e.ContextMap()["topic"].(string)] += e.ContextMap()["records_to_read"].(int64)
	}
	if want := map[string]int64{"t": 10, "u": 10}; !maps.Equal(told, want) {
		t.Errorf("told to be read: %v", told)
	}
}

// The start of a topic holds where the group has no offset of any topic of the entry; kafka.start where
// the group has none at all.
func TestStartOfATopicHoldsWhereItsEntryHasNoOffset(t *testing.T) {
	t.Parallel()
	entries := map[string]opening.Start{"named": latest, "named-before": latest, "old": {}, "new-*": latest, "known-*": latest}
	topics := []string{"named", "named-before", "old", "plain", "new-1", "new-2", "known-1", "known-2"}
	for name, c := range map[string]struct {
		fresh bool
		want  map[string]int64
	}{
		"a new group":   {true, map[string]int64{"named": 10, "named-before": 10, "plain": 10, "new-1": 10, "new-2": 10, "known-1": 10, "known-2": 10}},
		"a known group": {false, map[string]int64{"named": 10, "named-before": 3, "new-1": 10, "new-2": 10, "known-1": 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			client := kafkatest.Dial(t, k)
			before := kadm.Offsets{}
			for _, topic := range topics {
				create(t, k, topic, 1)
				kafkatest.Produce(t, client, kafkatest.Numbered(topic, 0, "a", 10)...)
			}
			before.AddOffset("named-before", 0, 3, -1)
			before.AddOffset("known-1", 0, 3, -1)
			if !c.fresh {
				if err := kadm.NewClient(client).CommitAllOffsets(t.Context(), group, before); err != nil {
					t.Fatal(err)
				}
			}
			open(t, starts(k, latest, entries))
			got := map[string]int64{}
			for topic, partitions := range k.Cluster.GroupInfo(group).Commits {
				got[topic] = partitions[0].Offset
			}
			if c.fresh {
				c.want["t"] = 0
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("committed: %v; want %v", got, c.want)
			}
		})
	}
}

// Members that know nothing of a topic keep its beginning from being committed before one joins that
// does: this one commits it before it reads.
func TestOpeningBesideMembers(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	join(t, k)
	commits(t, k, "t", 0, 10)
	create(t, k, "u", 2)
	kafkatest.Produce(t, client, append(kafkatest.Numbered("u", 0, "b", 10), kafkatest.Numbered("u", 1, "c", 10)...)...)
	o := open(t, starts(k, latest, map[string]opening.Start{"u": latest}))
	if kafkatest.Committed(k, group, "u", 0) >= 0 {
		t.Fatal("a group with members has taken a commit")
	}
	kafkatest.Produce(t, client, kafkatest.Numbered("u", 1, "d", 5)...)
	two := build(t, k, asOpened(o))
	two.sink.holds(func(string) bool { return true })
	two.run()
	commits(t, k, "u", 0, 10)
	commits(t, k, "u", 1, 10)
	kafkatest.Await(t, "records", func() bool { n, _ := two.window.Held(); return n == 5 })
	two.sink.holds(nil)
	commits(t, k, "u", 1, 15)
	if n := two.sink.count(); n != 5 {
		t.Errorf("%d arrived", n)
	}
}

// A topic whose beginning may not be committed keeps none of the others from being read.
func TestOpeningBesideRefusedTopic(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	create(t, k, "w", 1)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Topic: "w", Err: kerr.TopicAuthorizationFailed, Count: -1})
	m := join(t, k, func(o *Options) {
		o.Topics, o.DrainTimeout, o.Starts = []string{"t", "w"}, time.Second, kadm.Offsets{}
		o.Starts.Add(kadm.Offset{Topic: "t", At: 5, LeaderEpoch: -1})
		o.Starts.Add(kadm.Offset{Topic: "w", At: 0, LeaderEpoch: -1})
	})
	kafkatest.Await(t, "the other topic's records", func() bool { return m.sink.count() == 5 })
	if m.logs.FilterMessage("the next batch is read alone").Len() > 0 {
		t.Error("they were read alone, as the client does not read")
	}
	kafkatest.Await(t, "trouble", func() bool { return m.board.Is("commit "+group) != "" })
}

// Of instances that start together, one says where the group begins: the other does not move it, though
// it has found the group empty.
func TestOfTwoInstancesOneSaysWhereTheGroupBegins(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	one, two := opening.New(starts(k, latest, nil), zap.NewNop()), opening.New(starts(k, latest, nil), zap.NewNop())
	for _, o := range []*opening.Opening{one, two} {
		if err := o.LookUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 10)...)
	}
	if err := one.Try(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := join(t, k, asOpened(one))
	commits(t, k, "t", 0, 30)
	m.leave()
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "c", 10)...)
	if err := two.Try(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at := kafkatest.Committed(k, group, "t", 0); at != 30 {
		t.Errorf("the second moved it to %d", at)
	}
}

// Records that come while the start is looked up are not skipped.
func TestOpeningMeetsNewRecord(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
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
	o := opening.New(starts(k, latest, nil), zap.NewNop())
	tried := make(chan error, 1)
	go func() { tried <- o.Try(context.WithoutCancel(t.Context())) }()
	<-asked
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 1)...)
	close(written)
	if err := <-tried; err != nil {
		t.Fatal(err)
	}
	if at := kafkatest.Committed(k, group, "t", 0); at != 0 {
		t.Errorf("begins at %d", at)
	}
}

// Latest is not behind what was written since it was asked for, as no broker may have answered until later;
// stamps of the future say nothing.
func TestLatestIsWhereTheLogEndedWhenAsked(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		stamps []time.Duration // from when it was asked for
		want   int64
	}{
		"all before":    {[]time.Duration{-time.Hour, -time.Minute, -time.Second}, 3},
		"two since":     {[]time.Duration{-time.Hour, 2 * time.Second, 3 * time.Second}, 1},
		"of the future": {[]time.Duration{365 * 24 * time.Hour, -time.Minute, -time.Second}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			client := kafkatest.Dial(t, k)
			since := now.Add(-10 * time.Second)
			for i, r := range kafkatest.Numbered("t", 0, "a", len(c.stamps)) {
				r.Timestamp = since.Add(c.stamps[i])
				kafkatest.Produce(t, client, r)
			}
			opts := starts(k, latest, nil)
			opts.Since = since
			open(t, opts)
			if at := kafkatest.Committed(k, group, "t", 0); at != c.want {
				t.Errorf("begins at %d; want %d", at, c.want)
			}
		})
	}
}

// The records of a transaction that is open at the start come when it is committed.
func TestOpeningInTransaction(t *testing.T) {
	t.Parallel()
	for _, uncommitted := range []bool{false, true} {
		k := kafkatest.Cluster(t, 1)
		kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 10)...)
		client := kafkatest.Dial(t, k, kgo.TransactionalID("tx"))
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 5)...)
		opts := starts(k, latest, nil)
		opts.ReadUncommitted = uncommitted
		opts.Since = time.Now().Add(time.Hour)
		open(t, opts)
		if at, want := kafkatest.Committed(k, group, "t", 0), map[bool]int64{false: 10, true: 15}[uncommitted]; at != want {
			t.Errorf("read_uncommitted %v: begins at %d; want %d", uncommitted, at, want)
		}
		if err := client.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
			t.Fatal(err)
		}
	}
}

// A topic that may not be described holds up nothing where it is read from its start anyway. Where it is not, it is
// waited for, and then left out, with a warning.
func TestOpeningOfRefusedTopic(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	create(t, k, "secret", 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 10)...)
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Metadata}, Topic: "secret", Err: kerr.TopicAuthorizationFailed, Count: -1})
	opts := starts(k, latest, map[string]opening.Start{"secret": {}})
	opts.Topics, opts.WaitForLeaders = []string{"t", "secret"}, time.Hour
	open(t, opts)
	commits(t, k, "t", 0, 10)

	opts = starts(k, latest, nil)
	opts.Group, opts.Topics, opts.WaitForLeaders = "other", []string{"t", "secret"}, time.Hour
	core, logs := observer.New(zap.InfoLevel)
	o := opening.New(opts, zap.New(core))
	if err := o.Try(t.Context()); err == nil || !strings.Contains(err.Error(), "secret") || kafkatest.Committed(k, "other", "t", 0) >= 0 {
		t.Errorf("not waited for: %v", err)
	}
	opts.WaitForLeaders = 0
	o = opening.New(opts, zap.New(core))
	if err := o.Try(t.Context()); err != nil || kafkatest.Committed(k, "other", "t", 0) != 10 {
		t.Errorf("%v; it begins at %d", err, kafkatest.Committed(k, "other", "t", 0))
	}
	if logs.FilterMessageSnippet("cannot be looked up").Len() != 1 {
		t.Error("not told")
	}
}

// A topic of which no offset may be committed keeps the others from nothing, and begins where it is to once that is
// allowed.
func TestOpeningMayNotCommit(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	create(t, k, "secret", 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	kafkatest.Produce(t, client, kafkatest.Numbered("secret", 0, "b", 10)...)
	refused := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Topic: "secret", Err: kerr.TopicAuthorizationFailed, Count: -1})
	core, logs := observer.New(zap.InfoLevel)
	o := opening.New(starts(k, latest, nil), zap.New(core))
	if err := o.Try(t.Context()); err != nil {
		t.Fatal(err)
	}
	commits(t, k, "t", 0, 10)
	if logs.FilterMessageSnippet("cannot be committed").Len() != 1 {
		t.Error("not told")
	}
	refused.Remove()
	join(t, k, asOpened(o))
	commits(t, k, "secret", 0, 10)
}

// A partition without a leader is waited for, and then left out, with a warning.
func TestOpeningWithoutLeader(t *testing.T) {
	t.Parallel()
	for name, fault := range leaderless {
		t.Run(name, func(t *testing.T) { t.Parallel(); openWithoutLeader(t, fault) })
	}
}

// leaderless are what brokers say of a partition that has no leader, or none that is well.
var leaderless = map[string]kfake.Fault{
	"no leader":            {Keys: []kmsg.Key{kmsg.Metadata}, Partitions: []int32{1}, Err: kerr.LeaderNotAvailable, Count: -1},
	"one that is not well": {Keys: []kmsg.Key{kmsg.ListOffsets}, Partitions: []int32{1}, Err: kerr.UnknownServerError, Count: -1},
}

func openWithoutLeader(t *testing.T, fault kfake.Fault) {
	k := kafkatest.Cluster(t, 2)
	kafkatest.Produce(t, kafkatest.Dial(t, k), append(kafkatest.Numbered("t", 0, "a", 10), kafkatest.Numbered("t", 1, "b", 10)...)...)
	k.Cluster.Fault(fault)
	opts := starts(k, latest, nil)
	opts.WaitForLeaders = time.Hour
	core, logs := observer.New(zap.InfoLevel)
	o := opening.New(opts, zap.New(core))
	if err := o.Try(t.Context()); err == nil || !strings.Contains(err.Error(), "t/1") {
		t.Errorf("not waited for: %v", err)
	}
	if kafkatest.Committed(k, group, "t", 0) >= 0 {
		t.Error("a part was committed, by which the group is no longer new")
	}
	opts.WaitForLeaders = 0
	o = opening.New(opts, zap.New(core))
	if err := o.Try(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a, b := kafkatest.Committed(k, group, "t", 0), kafkatest.Committed(k, group, "t", 1); a != 10 || b != -1 {
		t.Errorf("begins at %d and %d", a, b)
	}
	if logs.FilterMessageSnippet("cannot be looked up").Len() != 1 {
		t.Error("not told")
	}
	if e := logs.FilterMessageSnippet("the group is new").All(); len(e) != 1 || e[0].ContextMap()["records_passed_over"] != int64(10) {
		t.Errorf("told: %v", e)
	}
}
