package kafka

import (
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/fake"
)

// ledger is a Sharing in which the destination ledger is with the shared group, or apart.
func ledger(apart bool) Sharing {
	s := Sharing{Sends: []string{"fast", "ledger"}, Group: func(d string) string { return group + "." + d }}
	if apart {
		s.Sends, s.Apart = []string{"fast"}, []string{"ledger"}
	}
	return s
}

// Where the shared group begins, by the note of its last commit at offset 1000 and by what the
// destination's own group has committed.
func TestSharingBegin(t *testing.T) {
	const none = -1
	away := func(since int64) string {
		return offsets.Reach{Away: map[string]int64{"ledger": since}}.Note(offsets.Origin{}, 0)
	}
	midway := offsets.Reach{Rest: 2000, Done: map[string]int64{"ledger": 300}}.Note(offsets.Origin{}, 1000)
	plain := offsets.Reach{}.Note(offsets.Origin{}, 1000)
	for name, c := range map[string]struct {
		apart  bool
		note   string
		own    int64
		begin  int64
		ledger int64 // from which offset it gets records
		rest   int64 // from which the others get them
		away   map[string]int64
	}{
		"never apart":                     {note: plain, own: none, begin: 1000, ledger: 1000, rest: 1000},
		"behind":                          {note: away(50), own: 400, begin: 400, ledger: 400, rest: 1000},
		"before":                          {note: away(50), own: 1400, begin: 1000, ledger: 1400, rest: 1000},
		"its group never began":           {note: away(50), own: none, begin: 50, ledger: 50, rest: 1000},
		"taken back already":              {note: plain, own: 400, begin: 1000, ledger: 1000, rest: 1000},
		"in the middle of it":             {note: midway, own: 300, begin: 1000, ledger: 1000, rest: 2000},
		"behind, says nobody":             {note: "", own: 400, begin: 400, ledger: 400, rest: 1000},
		"before, says nobody":             {note: "", own: 1400, begin: 1000, ledger: 1000, rest: 1000},
		"goes apart":                      {apart: true, note: plain, own: none, begin: 1000, rest: 1000, away: map[string]int64{"ledger": 1000}},
		"goes apart in the middle of it":  {apart: true, note: midway, own: 300, begin: 1000, rest: 2000, away: map[string]int64{"ledger": 1000}},
		"stays apart":                     {apart: true, note: away(50), own: 400, begin: 1000, rest: 1000, away: map[string]int64{"ledger": 50}},
		"was apart, and is no more":       {note: offsets.Reach{Away: map[string]int64{"gone": 9}}.Note(offsets.Origin{}, 0), own: none, begin: 1000, ledger: 1000, rest: 1000, away: map[string]int64{"gone": 9}},
		"apart, and nobody has committed": {apart: true, note: "", own: 400, begin: 1000, rest: 1000, away: map[string]int64{"ledger": 1000}},
	} {
		t.Run(name, func(t *testing.T) {
			own := func(d string) (kadm.Offset, bool) {
				if d == "gone" {
					return kadm.Offset{At: 8}, true
				}
				return kadm.Offset{At: c.own, LeaderEpoch: 3}, d == "ledger" && c.own != none
			}
			last := kadm.Offset{At: 1000, LeaderEpoch: 5, Metadata: c.note}
			begin, reach := ledger(c.apart).begin(last, own)
			if begin.At != c.begin {
				t.Errorf("begins at %d; want %d", begin.At, c.begin)
			}
			if got := reach.Of("ledger", c.begin); !c.apart && got != max(c.ledger, c.begin) {
				t.Errorf("ledger gets records from %d on; want %d", got, c.ledger)
			}
			if got := reach.Of("fast", c.begin); got != c.rest {
				t.Errorf("the others get records from %d on; want %d", got, c.rest)
			}
			if !maps.Equal(reach.Away, c.away) {
				t.Errorf("away: %v; want %v", reach.Away, c.away)
			}
		})
	}
}

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
func carries(t *testing.T, k *fake.Kafka, want offsets.Reach) {
	t.Helper()
	note := k.Cluster.GroupInfo(group).Commits["t"][0].Metadata
	if got, ok := offsets.ParseReach(note); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("the commit carries %q; want %+v", note, want)
	}
}

// withSlow takes the destination "slow" back.
func withSlow(o *Options) {
	o.Sharing = Sharing{Sends: []string{"fast", "slow"}, Group: func(d string) string { return group + "." + d }}
}

// withoutSlow leaves it to its own group.
func withoutSlow(o *Options) {
	o.Sharing = Sharing{Sends: []string{"fast"}, Apart: []string{"slow"}, Group: func(d string) string { return group + "." + d }}
}

// What is caught up with is told by each commit, so that the next owner goes on with it.
func TestTakeBack(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "fast", 10)...)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "slow", 30)...)
	commitFor(t, k, group, 40, offsets.Reach{Away: map[string]int64{"slow": 0}}.Note(offsets.Origin{}, 40))
	commitFor(t, k, group+".slow", 14, "")

	one := build(t, k, withSlow)
	one.slow.holds(func(v string) bool { return v == "slow24" })
	one.run()
	commits(t, k, "t", 0, 34) // a request holds ten
	carries(t, k, offsets.Reach{Rest: 40, Done: map[string]int64{"slow": 14}})
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
	carries(t, k, offsets.Reach{})
}

// A destination that gets a group of its own begins where the shared group is done with it, unless
// it goes on from an earlier time.
func TestSeed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		note string
		own  int64 // -1: none
		want int64
	}{
		"for the first time":          {offsets.Reach{}.Note(offsets.Origin{}, 50), -1, 50},
		"after it was taken back":     {offsets.Reach{}.Note(offsets.Origin{}, 50), 20, 50},
		"while it is being caught up": {offsets.Reach{Rest: 80, Done: map[string]int64{"slow": 30}}.Note(offsets.Origin{}, 50), 30, 50},
		"while the others are":        {offsets.Reach{Rest: 80, Done: map[string]int64{"else": 30}}.Note(offsets.Origin{}, 50), -1, 80},
		"it goes on":                  {offsets.Reach{Away: map[string]int64{"slow": 10}}.Note(offsets.Origin{}, 50), 20, 20},
		"it never began":              {offsets.Reach{Away: map[string]int64{"slow": 10}}.Note(offsets.Origin{}, 50), -1, 10},
		"it has begun already":        {offsets.Reach{}.Note(offsets.Origin{}, 50), 60, 60},
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
			if err := Seed(t.Context(), Connection{Brokers: k.Addresses()}, group, o.Sharing, "slow", zap.NewNop()); err != nil {
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
func TestApart(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "fast", 10)...)
	m := join(t, k, withoutSlow)
	commits(t, k, "t", 0, 10)
	carries(t, k, offsets.Reach{Away: map[string]int64{"slow": 0}})
	if !m.source.TakesBack(Sharing{Sends: []string{"fast", "slow"}}) || m.source.TakesBack(Sharing{Sends: []string{"fast"}}) {
		t.Error("who is apart is not known")
	}
}

// A group that may not be looked at is as one that does not exist, unless its destination is to be
// taken back: then it is waited for, and told.
func TestGroupNotOpen(t *testing.T) {
	t.Parallel()
	for name, note := range map[string]string{"nobody says": "", "apart": offsets.Reach{Away: map[string]int64{"slow": 0}}.Note(offsets.Origin{}, 10)} {
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
				kafkatest.Await(t, "trouble", func() bool { return strings.Contains(m.board.is("group "+group), group+".slow") })
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
	commitFor(t, k, group, 8, offsets.Reach{Away: map[string]int64{"slow": 0}}.Note(offsets.NewOrigin(meta.Cluster, "t", meta.Topics["t"].ID), 8))
	commitFor(t, k, group+".slow", 6, offsets.Reach{}.Note(offsets.NewOrigin(meta.Cluster, "t", [16]byte{1}), 6))
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
	notes := map[place]string{earlier.place: offsets.Reach{Away: map[string]int64{"slow": 0}}.Note(earlier.part.Origin, 8)}
	m.source.client.CommitOffsetsSync(kgo.PreCommitFnContext(t.Context(), noted(notes)),
		map[string]map[int32]kgo.EpochOffset{"t": {0: {Epoch: -1, Offset: 8}}}, nil)
	blank := newAssignment(earlier.place, "an earlier member", offsets.NewPartition("t", 0, earlier.part.Origin, m.window))
	blank.part.Begin(offsets.Mark{Offset: 0}, offsets.Reach{})
	earlier.part.Close()
	m.source.assigned[earlier.place] = blank
	m.source.gate.Unlock()
	kafkatest.Await(t, "a new assignment", func() bool { a := m.assignment("t", 0); return a != nil && a != blank && a != earlier })
	if at := m.assignment("t", 0).part.Mark().Offset; at != 0 {
		t.Errorf("goes on at %d", at)
	}
	m.slow.holds(nil)
	commits(t, k, "t", 0, 10)
}

// books has the address that ledger had while it was apart; alerts has another.
func renamed(apart bool) Sharing {
	s := Sharing{Sends: []string{"fast"}, Group: func(d string) string { return group + "." + d },
		Places: map[string]offsets.Place{"fast": "f", "books": "l", "alerts": "a"}}
	if apart {
		s.Apart = []string{"alerts", "books"}
	} else {
		s.Sends = []string{"alerts", "books", "fast"}
	}
	return s
}

// A destination that is renamed while it is apart goes on where the group of its earlier name has stopped,
// once: isolated or not, after a crash, and when the name comes back.
func TestSharingRenamed(t *testing.T) {
	away := func(names ...string) string {
		r := offsets.Reach{Away: map[string]int64{}, Places: map[string]offsets.Place{}}
		for _, d := range names {
			r.Away[d], r.Places[d] = 50, map[string]offsets.Place{"ledger": "l.x", "books": "l", "nowhere": ""}[d]
		}
		return r.Note(offsets.Origin{}, 0)
	}
	for name, c := range map[string]struct {
		note  string
		own   map[string]int64
		seed  int64 // where the group of books begins; 0: as it stands
		begin int64 // where the shared group does, if books is with it
		away  map[string]int64
	}{
		"behind":                       {away("ledger"), map[string]int64{"ledger": 400}, 400, 400, map[string]int64{"alerts": 1000, "books": 400}},
		"it never began":               {away("ledger"), nil, 50, 50, map[string]int64{"alerts": 1000, "books": 50}},
		"an old group of the new name": {away("ledger"), map[string]int64{"ledger": 400, "books": 70}, 400, 400, map[string]int64{"alerts": 1000, "books": 400}},
		"it has begun already":         {away("ledger"), map[string]int64{"ledger": 400, "books": 600}, 0, 400, map[string]int64{"alerts": 1000, "books": 400}},
		"it was there beside":          {away("books", "ledger"), map[string]int64{"ledger": 400, "books": 600}, 0, 600, map[string]int64{"alerts": 1000, "books": 50, "ledger": 50}},
		"its place is not known":       {away("nowhere"), map[string]int64{"nowhere": 400}, 1000, 1000, map[string]int64{"alerts": 1000, "books": 1000, "nowhere": 50}},
	} {
		t.Run(name, func(t *testing.T) {
			own := ownOffsets{}
			for d, at := range c.own {
				own[d] = kadm.OffsetResponses{"t": {0: {Offset: kadm.Offset{Topic: "t", At: at}}}}
			}
			last := kadm.Offset{Topic: "t", At: 1000, LeaderEpoch: 5, Metadata: c.note}
			committed := kadm.OffsetResponses{"t": {0: {Offset: last}}}
			seeds, _ := renamed(true).seeds("books", committed, own["books"], own)
			if got, _ := seeds.Lookup("t", 0); got.At != c.seed {
				t.Errorf("its group begins at %d; want %d", got.At, c.seed)
			}
			look := own.of(place{"t", 0}, offsets.Origin{})
			_, reach := renamed(true).begin(last, look)
			if !maps.Equal(reach.Away, c.away) {
				t.Errorf("away: %v; want %v", reach.Away, c.away)
			}
			begin, reach := renamed(false).begin(last, look)
			if begin.At != c.begin || reach.Of("books", begin.At) != c.begin || reach.Of("fast", begin.At) != 1000 || reach.Of("alerts", begin.At) != 1000 {
				t.Errorf("taken back, it begins at %d: %+v; want %d", begin.At, reach, c.begin)
			}
			// What the first commit says is not taken back again.
			last = kadm.Offset{Topic: "t", At: begin.At, Metadata: reach.Note(offsets.Origin{}, begin.At)}
			if begin, again := renamed(false).begin(last, look); begin.At != c.begin || again.Of("books", begin.At) != c.begin {
				t.Errorf("after a crash it begins at %d: %+v", begin.At, again)
			}
		})
	}
}

// Nobody begins at an offset whose note a later version has written.
func TestNewerNote(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 10)...)
	commitFor(t, k, group, 4, `sluice - {"v":3,"away":{"slow":2}}`)
	told := func(err error) {
		t.Helper()
		var newer *offsets.NewerNote
		if !errors.As(err, &newer) || !strings.Contains(err.Error(), "group g:") || !strings.Contains(err.Error(), "t/0") || !strings.Contains(err.Error(), "run the newer version") {
			t.Errorf("told: %v", err)
		}
	}
	told(NewOpening(starts(k, Start{}, nil), zap.NewNop()).Try(t.Context()))
	var o Options
	withoutSlow(&o)
	told(Seed(t.Context(), Connection{Brokers: k.Addresses()}, group, o.Sharing, "slow", zap.NewNop()))
	m := join(t, k)
	<-m.done
	told(m.err)
	if n := m.sink.count(); n > 0 {
		t.Errorf("%d records were read", n)
	}
}

// The offsets of a destination's own group may carry the shared group's notes, by an earlier version: such
// a group begins well, and writes its own.
func TestNoteOfAnotherGroup(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 10)...)
	commitFor(t, k, group, 4, offsets.Reach{Rest: 8, Done: map[string]int64{"fast": 7}, Away: map[string]int64{"slow": 2}}.Note(offsets.Origin{}, 4))
	m := join(t, k)
	commits(t, k, "t", 0, 10)
	carries(t, k, offsets.Reach{})
	if n := m.sink.count(); n != 6 {
		t.Errorf("%d of the 6 records behind the offset came", n)
	}
}
