package consumer

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// A topic that is deleted and made again is another: it is read from its start, and its records
// have ids of their own although their offsets are the same. The client holds on to the earlier one
// for some ten seconds.
func TestTopicMadeAgainIsReadFromItsStart(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "old", 10)...)
	members := map[string]*member{
		"by name":    join(t, k),
		"by pattern": join(t, k, func(o *Options) { o.Group, o.Topics = "other", []string{"/^t$/"} }),
	}
	commits(t, k, "t", 0, 10)
	kafkatest.Await(t, "the other group", func() bool { return kafkatest.Committed(k, "other", "t", 0) == 10 })
	if err := k.Cluster.DeleteTopic("t"); err != nil {
		t.Fatal(err)
	}
	if err := k.Cluster.CreateTopic("t", 1, nil); err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "new", 5)...)
	for name, m := range members {
		for deadline := time.Now().Add(50 * time.Second); m.sink.count() < 15; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d arrived", name, m.sink.count())
			}
		}
		if old, fresh := m.sink.ids("old0"), m.sink.ids("new0"); len(old) != 1 || len(fresh) != 1 || old[0] == fresh[0] {
			t.Errorf("%s: ids %q and %q", name, old, fresh)
		}
	}
	commits(t, k, "t", 0, 5)
}

// What is held of a topic that is no more does not keep the new one from being read, where it fills the window.
func TestRecreatedTopicWhilePaused(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "slow", 100)...)
	m := buildWithin(t, k, offsets.NewWindow(50, 64<<20), func(o *Options) { o.DrainTimeout = time.Second })
	m.slow.holds(func(body string) bool { return true })
	m.run()
	kafkatest.Await(t, "a pause", func() bool { a := m.assignment("t", 0); return a != nil && a.paused.Load() })
	old := m.assignment("t", 0)
	m.source.lookAtLogs(t.Context(), time.Now())
	m.source.lookAtLogs(t.Context(), time.Now())
	if m.board.Is("topic t") != "" {
		t.Fatal("the topic is the same")
	}
	if err := k.Cluster.DeleteTopic("t"); err != nil {
		t.Fatal(err)
	}
	if err := k.Cluster.CreateTopic("t", 1, nil); err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "new", 5)...)
	m.source.lookAtLogs(t.Context(), time.Now())
	kafkatest.Await(t, "another assignment", func() bool { a := m.assignment("t", 0); return a != nil && a != old })
	kafkatest.Await(t, "what is new", func() bool { return m.sink.count() == 5 })
}

// Kafka may hand out the offset of a topic that is no more to the topic of its name that was made
// after it: nothing of the new one is passed over. An offset that says nothing of its topic, or comes
// from another cluster, is believed.
func TestOffsetOfDeletedTopic(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "v", 10)...)
	admin := kadm.NewClient(kafkatest.Dial(t, k))
	meta, err := admin.Metadata(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		mark string
		want int
	}{
		"earlier": {offsets.NewTopicIdentity(meta.Cluster, "t", [16]byte{1}).Fingerprint(), 10},
		"same":    {offsets.NewTopicIdentity(meta.Cluster, "t", meta.Topics["t"].ID).Fingerprint(), 4},
		"foreign": {offsets.NewTopicIdentity("elsewhere", "t", [16]byte{1}).Fingerprint(), 4},
		"none":    {"", 4},
	} {
		starts := kadm.Offsets{}
		starts.Add(kadm.Offset{Topic: "t", At: 6, LeaderEpoch: -1, Metadata: c.mark})
		if err := admin.CommitAllOffsets(t.Context(), name, starts); err != nil {
			t.Fatal(err)
		}
		m := join(t, k, func(o *Options) { o.Group = name })
		kafkatest.Await(t, name+" to commit", func() bool { return kafkatest.Committed(k, name, "t", 0) == 10 })
		if got := m.sink.count(); got != c.want {
			t.Errorf("%s: %d records were read, want %d", name, got, c.want)
		}
		m.leave()
		after, err := admin.FetchOffsets(t.Context(), name)
		if o, _ := after.Lookup("t", 0); err != nil || o.Metadata != (progress.Progress{}).Metadata(offsets.NewTopicIdentity(meta.Cluster, "t", meta.Topics["t"].ID).Fingerprint(), 10) {
			t.Errorf("%s: committed with the mark %q (%v)", name, o.Metadata, err)
		}
	}
}
