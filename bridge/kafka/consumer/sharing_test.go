package consumer

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/commit"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/opening"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/fake"
)

// commitFor commits an offset with a note for a group, as another instance would have.
func commitFor(t *testing.T, k *fake.Kafka, group string, offset int64, note string) {
	t.Helper()
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: "t", At: offset, LeaderEpoch: -1, Metadata: note})
	if err := kadm.NewClient(kafkatest.Dial(t, k)).CommitAllOffsets(t.Context(), group, offsets); err != nil {
		t.Fatal(err)
	}
}

// carries checks what the shared group's commit says.
func carries(t *testing.T, k *fake.Kafka, want progress.Progress) {
	t.Helper()
	note := k.Cluster.GroupInfo(group).Commits["t"][0].Metadata
	if got, ok := progress.Parse(note); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("the commit carries %q; want %+v", note, want)
	}
}

// withSlow takes the destination "slow" back.
func withSlow(o *Options) {
	o.Sharing = handover.Sharing{Sends: []string{"fast", "slow"}, Group: func(d string) string { return group + "." + d }}
}

// withoutSlow leaves it to its own group.
func withoutSlow(o *Options) {
	o.Sharing = handover.Sharing{Sends: []string{"fast"}, Apart: []string{"slow"}, Group: func(d string) string { return group + "." + d }}
}

// What is caught up with is told by each commit, so that the next owner goes on with it.
func TestCommitsTellWhatIsTakenBack(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "fast", 10)...)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "slow", 30)...)
	commitFor(t, k, group, 40, progress.Progress{Isolated: map[string]int64{"slow": 0}}.Metadata("", 40))
	commitFor(t, k, group+".slow", 14, "")

	one := build(t, k, withSlow)
	one.slow.holds(func(v string) bool { return v == "slow24" })
	one.run()
	commits(t, k, "t", 0, 34) // a request holds ten
	carries(t, k, progress.Progress{Default: 40, Done: map[string]int64{"slow": 14}})
	one.abort() // as if it died
	one.stop()
	<-one.done

	two := join(t, k, withSlow)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "fast1", 1)...)
	commits(t, k, "t", 0, 41)
	two.leave()
	if n := one.sink.count() + two.sink.count(); n != 1 {
		t.Errorf("%d records came to the destination that was done", n)
	}
	got := two.slow.times()
	for v := range one.slow.times() {
		got[v]++
	}
	for i, v := range kafkatest.Numbered("t", 0, "slow", 30) {
		if want := map[bool]int{true: 1}[i >= 4]; got[string(v.Value)] != want {
			t.Errorf("%s came %d times; want %d", v.Value, got[string(v.Value)], want)
		}
	}
	// The group of the destination has no say any more.
	carries(t, k, progress.Progress{})
}

// A destination that gets a group of its own begins where the shared group is done with it, unless
// it goes on from an earlier time.
func TestOwnGroupBeginsWhereTheSharedGroupIsDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		note string
		own  int64 // -1: none
		want int64
	}{
		"for the first time":          {progress.Progress{}.Metadata("", 50), -1, 50},
		"after it was taken back":     {progress.Progress{}.Metadata("", 50), 20, 50},
		"while it is being caught up": {progress.Progress{Default: 80, Done: map[string]int64{"slow": 30}}.Metadata("", 50), 30, 50},
		"while the others are":        {progress.Progress{Default: 80, Done: map[string]int64{"else": 30}}.Metadata("", 50), -1, 80},
		"it goes on":                  {progress.Progress{Isolated: map[string]int64{"slow": 10}}.Metadata("", 50), 20, 20},
		"it never began":              {progress.Progress{Isolated: map[string]int64{"slow": 10}}.Metadata("", 50), -1, 10},
		"it has begun already":        {progress.Progress{}.Metadata("", 50), 60, 60},
		"nobody says":                 {"", 20, 20},
		"nobody says, the first time": {"", -1, 50},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			own := group + ".slow"
			commitFor(t, k, group, 50, c.note)
			if c.own >= 0 {
				commitFor(t, k, own, c.own, "")
			}
			var o Options
			withoutSlow(&o)
			if err := handover.Seed(t.Context(), kafka.Connection{Brokers: k.Addresses()}, group, o.Sharing, "slow", zap.NewNop()); err != nil {
				t.Fatal(err)
			}
			if got := kafkatest.Committed(k, own, "t", 0); got != c.want {
				t.Errorf("begins at %d; want %d", got, c.want)
			}
			if note := k.Cluster.GroupInfo(own).Commits["t"][0].Metadata; note != "" {
				t.Errorf("the group carries %q, which is the shared group's", note)
			}
		})
	}
}

// The commits of the shared group say who is apart, from the first one on.
func TestCommitsSayWhoIsApart(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "fast", 10)...)
	m := join(t, k, withoutSlow)
	commits(t, k, "t", 0, 10)
	carries(t, k, progress.Progress{Isolated: map[string]int64{"slow": 0}})
	if !m.source.TakesBack(handover.Sharing{Sends: []string{"fast", "slow"}}) || m.source.TakesBack(handover.Sharing{Sends: []string{"fast"}}) {
		t.Error("who is apart is not known")
	}
}

// A group that may not be looked at is as one that does not exist, unless its destination is to be
// taken back: then it is waited for, and told.
func TestGroupThatMayNotBeSeenIsTakenForNone(t *testing.T) {
	t.Parallel()
	for name, note := range map[string]string{"nobody says": "", "apart": progress.Progress{Isolated: map[string]int64{"slow": 0}}.Metadata("", 10)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "slow", 20)...)
			commitFor(t, k, group, 10, note)
			commitFor(t, k, group+".slow", 5, "")
			fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetFetch}, Group: group + ".slow", Err: kerr.GroupAuthorizationFailed, Count: -1})
			m := join(t, k, withSlow)
			want := 10
			if note != "" {
				kafkatest.Await(t, "trouble", func() bool { return strings.Contains(m.board.Is("group "+group), group+".slow") })
				want = 15
			} else {
				commits(t, k, "t", 0, 20)
			}
			fault.Remove()
			commits(t, k, "t", 0, 20)
			if n := m.slow.count(); n != want {
				t.Errorf("%d arrived; want %d", n, want)
			}
		})
	}
}

// Where the group of a destination stopped in an earlier topic of the name says nothing of this one.
func TestTakeBackOfRemadeTopic(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "slow", 10)...)
	meta, err := kadm.NewClient(client).Metadata(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	commitFor(t, k, group, 8, progress.Progress{Isolated: map[string]int64{"slow": 0}}.Metadata(offsets.NewTopicIdentity(meta.Cluster, "t", meta.Topics["t"].ID).Fingerprint(), 8))
	commitFor(t, k, group+".slow", 6, progress.Progress{}.Metadata(offsets.NewTopicIdentity(meta.Cluster, "t", [16]byte{1}).Fingerprint(), 6))
	m := join(t, k, withSlow)
	commits(t, k, "t", 0, 10)
	if n := len(m.slow.times()); n != 10 {
		t.Errorf("%d of 10 records came", n)
	}
}

// What another member has passed over for a destination that was apart there is read again by one
// that comes back under another id and sends to it.
func TestReclaimTakesBack(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	producer := kafkatest.Dial(t, k)
	kafkatest.Produce(t, producer, kafkatest.Numbered("t", 0, "slow", 10)...)
	m := build(t, k, withSlow)
	m.slow.holds(func(string) bool { return true })
	m.run()
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 10 })
	commits(t, k, "t", 0, 0)
	earlier := m.assignment("t", 0)
	m.source.gate.Lock()
	notes := map[kafka.TopicPartition]string{earlier.TopicPartition: progress.Progress{Isolated: map[string]int64{"slow": 0}}.Metadata(earlier.part.Origin.Fingerprint(), 8)}
	m.source.client.CommitOffsetsSync(kgo.PreCommitFnContext(t.Context(), commit.Noted(notes)),
		map[string]map[int32]kgo.EpochOffset{"t": {0: {Epoch: -1, Offset: 8}}}, nil)
	blank := newAssignment(earlier.TopicPartition, "an earlier member", offsets.NewTracker("t", 0, earlier.part.Origin, m.window))
	blank.part.Begin(offsets.Position{Offset: 0}, progress.Progress{})
	earlier.part.Close()
	m.source.assigned[earlier.TopicPartition] = blank
	m.source.gate.Unlock()
	kafkatest.Await(t, "a new assignment", func() bool { a := m.assignment("t", 0); return a != nil && a != blank && a != earlier })
	if at := m.assignment("t", 0).part.Committable().Offset; at != 0 {
		t.Errorf("goes on at %d", at)
	}
	m.slow.holds(nil)
	commits(t, k, "t", 0, 10)
}

// Nobody begins at an offset whose note a later version has written.
func TestNobodyBeginsAtAnOffsetOfALaterVersion(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 10)...)
	commitFor(t, k, group, 4, `sluice - {"v":3,"away":{"slow":2}}`)
	told := func(err error) {
		t.Helper()
		var newer *progress.NewerVersion
		if !errors.As(err, &newer) || !strings.Contains(err.Error(), "group g:") || !strings.Contains(err.Error(), "t/0") || !strings.Contains(err.Error(), "run the newer version") {
			t.Errorf("told: %v", err)
		}
	}
	told(opening.New(starts(k, opening.Start{}, nil), zap.NewNop()).Try(t.Context()))
	var o Options
	withoutSlow(&o)
	told(handover.Seed(t.Context(), kafka.Connection{Brokers: k.Addresses()}, group, o.Sharing, "slow", zap.NewNop()))
	m := join(t, k)
	<-m.done
	told(m.err)
	if n := m.sink.count(); n > 0 {
		t.Errorf("%d records were read", n)
	}
}

// The offsets of a destination's own group may carry the shared group's notes, by an earlier version: such
// a group begins well, and writes its own.
func TestOwnGroupBeginsDespiteNotesOfTheSharedOne(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 10)...)
	commitFor(t, k, group, 4, progress.Progress{Default: 8, Done: map[string]int64{"fast": 7}, Isolated: map[string]int64{"slow": 2}}.Metadata("", 4))
	m := join(t, k)
	commits(t, k, "t", 0, 10)
	carries(t, k, progress.Progress{})
	if n := m.sink.count(); n != 6 {
		t.Errorf("%d of the 6 records behind the offset came", n)
	}
}
