package consumer

import (
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/fake"
)

// answersEnd has the log of partition 0 end at an offset in its first leader epoch, and begin a second one.
func answersEnd(t *testing.T, k *fake.Kafka, end int64) {
	t.Helper()
	k.Cluster.ControlKey(int16(kmsg.OffsetForLeaderEpoch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		return kafkatest.EndsAt(r, end, 0), nil, true
	})
	if err := k.Cluster.MoveTopicPartition("t", 0, k.Cluster.LeaderFor("t", 0)); err != nil {
		t.Fatal(err)
	}
}

// What lies between the mark and the end of a log that lost its tail, Kafka still has: it is sent.
func TestCutWithRecordsInFlight(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := build(t, k)
	m.sink.holds(func(string) bool { return true })
	m.run()
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 100)...)
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 100 })
	answersEnd(t, k, 95)
	kafkatest.Await(t, "the cut to be told", func() bool { return m.logs.FilterMessageSnippet("lost records").Len() > 0 })
	if told := m.logs.FilterMessageSnippet("lost records").All()[0].ContextMap(); told["cut_at"] != int64(95) || told["at_most"] != "5" || told["reading_from"] != int64(0) {
		t.Errorf("told: %v", told)
	}
	kafkatest.Await(t, "records in flight again", func() bool { n, _ := m.window.Held(); return n == 100 })
	m.sink.holds(nil)
	commits(t, k, "t", 0, 100)
	if got := m.sink.times(); len(got) != 100 {
		t.Errorf("%d of 100 came", len(got))
	}
}

// Of two cuts the lower counts, and a new beginning for another reason forgets none.
func TestOfTwoCutsTheLowerCounts(t *testing.T) {
	t.Parallel()
	loss := func(to int64) error {
		return &kgo.ErrDataLoss{Topic: "t", ConsumedTo: 100, ConsumedToEpoch: 2, ResetTo: to, ResetToEpoch: 1}
	}
	for name, c := range map[string]struct {
		mark  int64
		cuts  []int64
		begin int64
	}{
		"first the lower": {mark: 80, cuts: []int64{50, 70}, begin: 50},
		"then the lower":  {mark: 80, cuts: []int64{70, 50}, begin: 50},
		"above the mark":  {mark: 30, cuts: []int64{70, 50}, begin: 30},
	} {
		for _, rewound := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				m := owner(t, kafkatest.Cluster(t, 1))
				a := m.standIn(c.mark)
				for _, to := range c.cuts {
					m.source.fetchError(a.TopicPartition, loss(to))
				}
				if rewound {
					m.source.Rewind([]offsets.Ack{a.part})
				}
				m.source.goBack()
				now := m.assignment("t", 0)
				if now == a || !a.part.Closed() {
					t.Fatal("the same assignment goes on")
				}
				if at := now.part.Committable().Offset; at != c.begin {
					t.Errorf("reading goes on at %d, not %d", at, c.begin)
				}
				if rest := now.part.Progress().Default; rest != min(c.mark, slices.Min(c.cuts)) {
					t.Errorf("all is taken for done up to %d", rest)
				}
			})
		}
	}
}

// standIn replaces the assignment of partition 0 by one that is settled up to an offset.
func (m *member) standIn(mark int64) *assignment {
	kafkatest.Await(m.t, "a beginning", func() bool { a := m.assignment("t", 0); return a != nil && a.part.Committable().Offset >= 0 })
	m.source.gate.Lock()
	defer m.source.gate.Unlock()
	earlier := m.source.assigned[kafka.TopicPartition{Topic: "t", Partition: 0}]
	earlier.part.Close()
	a := newAssignment(earlier.TopicPartition, earlier.member, offsets.NewTracker("t", 0, earlier.part.Origin, m.window))
	a.part.Begin(offsets.Position{Offset: mark, Epoch: 1}, progress.Progress{Default: mark})
	m.source.assigned[a.TopicPartition] = a
	return a
}

// The end of an epoch is not where a log parted from what was read, if a later epoch begins below it
// there: two leaders had other records at the same offsets.
func TestCutBelowTheEndOfAnEpoch(t *testing.T) {
	t.Parallel()
	m := owner(t, kafkatest.Cluster(t, 1))
	a := m.standIn(10)
	read := kgo.FetchPartition{Records: []*kgo.Record{{Offset: 10, LeaderEpoch: 1}, {Offset: 20, LeaderEpoch: 3}, {Offset: 60, LeaderEpoch: 3}}}
	if len(m.source.following(a, &read)) != 3 {
		t.Fatal("not taken")
	}
	m.source.fetchError(a.TopicPartition, &kgo.ErrDataLoss{Topic: "t", ConsumedTo: 61, ConsumedToEpoch: 3, ResetTo: 40, ResetToEpoch: 1})
	if a.Cut().Offset != 20 {
		t.Errorf("the log is taken to be cut at %d", a.Cut().Offset)
	}
}

// A gap is no loss where the log begins below it, and what comes anew is not taken as it comes.
func TestFetchIsComparedWithWhatWasRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, logStart int64
		taken           bool
		expired         []string
	}{
		"behind what was read":                 {first: 10, taken: true},
		"after a gap":                          {first: 17, taken: true},
		"after a gap, and the log began there": {first: 17, logStart: 10, taken: true},
		"after retention":                      {first: 17, logStart: 15, taken: true, expired: []string{"5"}},
		"before what was read":                 {first: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := owner(t, kafkatest.Cluster(t, 1))
			a := m.standIn(10)
			f := kgo.FetchPartition{LogStartOffset: c.logStart, Records: []*kgo.Record{{Offset: c.first}, {Offset: c.first + 1}}}
			if got := len(m.source.following(a, &f)) == 2; got != c.taken {
				t.Errorf("taken: %t", got)
			}
			if got := m.expired(); !slices.Equal(got, c.expired) {
				t.Errorf("told of %v", got)
			}
		})
	}
}

// Where the client goes back to the log's start without a word, what comes from there is not taken for done.
func TestResetWithoutAWord(t *testing.T) {
	t.Parallel()
	k, client := settledTen(t)
	m := join(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 5)...)
	commits(t, k, "t", 0, 15)
	m.source.client.SetOffsets(map[string]map[int32]kgo.EpochOffset{"t": {0: {Epoch: -1, Offset: 1000}}})
	kafkatest.Await(t, "all of it again", func() bool { return m.sink.times()["a9"] == 1 && m.sink.times()["b4"] == 2 })
	commits(t, k, "t", 0, 15)
	if told := m.logs.FilterMessageSnippet("lost records").All(); len(told) != 1 || told[0].ContextMap()["reading_from"] != int64(0) {
		t.Errorf("told: %v", told)
	}
}
