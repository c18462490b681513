package consumer

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/fake"
)

// committing sets what the group has committed for partition 0, as somebody else does.
func committing(t *testing.T, k *fake.Kafka, at, epoch int64, note string) {
	t.Helper()
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: "t", At: at, LeaderEpoch: int32(epoch), Metadata: note})
	if err := kadm.NewClient(kafkatest.Dial(t, k)).CommitAllOffsets(t.Context(), group, offsets); err != nil {
		t.Fatal(err)
	}
}

// A committed offset that the log has never reached: nothing that is in the log is passed over, and
// that is told once.
func TestCommittedAboveEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		epoch int64
		note  string
	}{
		"by a tool":           {-1, ""},
		"in the log's epoch":  {0, ""},
		"with a note as ours": {-1, progress.Progress{Default: 900}.Metadata("", 0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, client := settledTen(t)
			committing(t, k, 1000, c.epoch, c.note)
			kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 10)...)
			two := join(t, k, asOpened(open(t, starts(k, latest, nil))))
			commits(t, k, "t", 0, 20)
			if n := two.sink.count(); n != 20 {
				t.Errorf("%d arrived", n)
			}
			told := two.logs.FilterMessageSnippet("beyond the end of the log").All()
			if len(told) != 1 {
				t.Fatalf("told %d times", len(told))
			}
			for key, want := range map[string]any{"topic": "t", "partition": int32(0), "committed": int64(1000), "log_end": int64(20), "reading_from": int64(0)} {
				if got := told[0].ContextMap()[key]; got != want {
					t.Errorf("%s is %v", key, got)
				}
			}
		})
	}
}

// A member that still knows what it has settled goes on there.
func TestCommittedAboveEndResumed(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	m := join(t, k)
	commits(t, k, "t", 0, 10)
	// What it is told of its offset when it comes back is wrong.
	k.Cluster.ControlKey(int16(kmsg.OffsetFetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		req := r.(*kmsg.OffsetFetchRequest)
		resp := req.ResponseKind().(*kmsg.OffsetFetchResponse)
		g := kmsg.NewOffsetFetchResponseGroup()
		g.Group = group
		topic := kmsg.NewOffsetFetchResponseGroupTopic()
		topic.Topic = "t"
		if len(req.Groups) > 0 && len(req.Groups[0].Topics) > 0 {
			topic.TopicID = req.Groups[0].Topics[0].TopicID
		}
		p := kmsg.NewOffsetFetchResponseGroupTopicPartition()
		p.Offset, p.LeaderEpoch = 1000, -1
		topic.Partitions = append(topic.Partitions, p)
		g.Topics = append(g.Topics, topic)
		resp.Groups = append(resp.Groups, g)
		return resp, nil, true
	})
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Err: kerr.UnknownMemberID, Count: 1})
	kafkatest.Await(t, "a loss", func() bool { return m.logs.FilterMessageSnippet("partitions lost").Len() > 0 })
	kafkatest.Await(t, "an owner again", func() bool { return m.owned() == 1 })
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 10)...)
	commits(t, k, "t", 0, 20)
	if n := m.sink.count(); n != 20 {
		t.Errorf("%d arrived", n)
	}
	told := m.logs.FilterMessageSnippet("beyond the end of the log").All()
	if len(told) != 1 || told[0].ContextMap()["reading_from"] != int64(10) {
		t.Errorf("told: %v", told)
	}
}

// Where the log has lost its tail, the leader epoch of the commit tells since where, also when the
// log has grown past the committed offset since.
func TestLogCutBelowCommitted(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]int64{"inside the log now": 15, "above its end": 1000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, client := settledTen(t)
			if err := k.Cluster.MoveTopicPartition("t", 0, k.Cluster.LeaderFor("t", 0)); err != nil {
				t.Fatal(err)
			}
			client.ForceMetadataRefresh()
			kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 10)...)
			committing(t, k, at, 0, "")
			two := join(t, k)
			commits(t, k, "t", 0, 20)
			kafkatest.Await(t, "what came in the lost ones' place", func() bool { return two.sink.count() == 10 })
			if got := two.sink.times(); got["b0"] != 1 || got["b9"] != 1 {
				t.Errorf("arrived: %v", got)
			}
			told := two.logs.FilterMessageSnippet("lost records").All()
			if len(told) != 1 || told[0].ContextMap()["reading_from"] != int64(10) || told[0].ContextMap()["read_to"] != at {
				t.Errorf("told: %v", told)
			}
		})
	}
}

// What was settled before the log was cut off says nothing of the records that have come since, whether reading has
// gone back before the partition is lost, or has yet to.
func TestMarkFromBeforeACutIsForgotten(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*Source, *assignment){
		"gone back": func(s *Source, _ *assignment) { s.goBack() },
		"lost before": func(s *Source, a *assignment) {
			s.onLost(t.Context(), s.client, map[string][]int32{a.Topic: {a.Partition}})
			s.gate.Lock()
			defer s.gate.Unlock()
			s.assigned[a.TopicPartition] = newAssignment(a.TopicPartition, a.member, offsets.NewTracker(a.Topic, a.Partition, a.part.Origin, s.window))
			at, _ := s.lost.Mark(a.TopicPartition, a.part.Origin)
			s.assigned[a.TopicPartition].part.Begin(at, progress.Progress{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := owner(t, kafkatest.Cluster(t, 1))
			a := m.standIn(100)
			m.source.lost.Remember(a.TopicPartition, offsets.Position{Offset: 100, Epoch: -1}, a.part.Origin)
			m.source.cutOff(a, 100, offsets.Position{Offset: 50, Epoch: -1})
			lose(m.source, a)
			if at := m.assignment("t", 0).part.Committable().Offset; at != 50 {
				t.Fatalf("reading goes back to %d", at)
			}
			m.source.gate.RLock()
			defer m.source.gate.RUnlock()
			if at, ok := m.source.lost.Mark(a.TopicPartition, a.part.Origin); ok && at.Offset > 50 {
				t.Errorf("when it is lost and found again, reading goes on at %d", at.Offset)
			}
		})
	}
}
