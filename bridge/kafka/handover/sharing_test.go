package handover

import (
	"maps"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// ledger is a Sharing in which the destination ledger is with the shared group, or apart.
func ledger(apart bool) Sharing {
	s := Sharing{Sends: []string{"fast", "ledger"}, Group: func(d string) string { return "g." + d }}
	if apart {
		s.Sends, s.Apart = []string{"fast"}, []string{"ledger"}
	}
	return s
}

// Where the shared group begins, by the note of its last commit at offset 1000 and by what the
// destination's own group has committed.
func TestSharedGroupBeginsByItsNote(t *testing.T) {
	const none = -1
	away := func(since int64) string {
		return progress.Progress{Isolated: map[string]int64{"ledger": since}}.Metadata("", 0)
	}
	midway := progress.Progress{Default: 2000, Done: map[string]int64{"ledger": 300}}.Metadata("", 1000)
	plain := progress.Progress{}.Metadata("", 1000)
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
		"was apart, and is no more":       {note: progress.Progress{Isolated: map[string]int64{"gone": 9}}.Metadata("", 0), own: none, begin: 1000, ledger: 1000, rest: 1000, away: map[string]int64{"gone": 9}},
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
			begin, reach := ledger(c.apart).Begin(last, own)
			if begin.At != c.begin {
				t.Errorf("begins at %d; want %d", begin.At, c.begin)
			}
			if got := reach.Of("ledger", c.begin); !c.apart && got != max(c.ledger, c.begin) {
				t.Errorf("ledger gets records from %d on; want %d", got, c.ledger)
			}
			if got := reach.Of("fast", c.begin); got != c.rest {
				t.Errorf("the others get records from %d on; want %d", got, c.rest)
			}
			if !maps.Equal(reach.Isolated, c.away) {
				t.Errorf("away: %v; want %v", reach.Isolated, c.away)
			}
		})
	}
}

// renamed is a sharing in which books has the address that ledger had while it was apart; alerts has another.
func renamed(apart bool) Sharing {
	s := Sharing{Sends: []string{"fast"}, Group: func(d string) string { return "g." + d },
		Resources: map[string]progress.ResourceID{"fast": "f", "books": "l", "alerts": "a"}}
	if apart {
		s.Apart = []string{"alerts", "books"}
	} else {
		s.Sends = []string{"alerts", "books", "fast"}
	}
	return s
}

// A destination that is renamed while it is apart goes on where the group of its earlier name has stopped,
// once: isolated or not, after a crash, and when the name comes back.
func TestRenamedDestinationGoesOnWhereItStopped(t *testing.T) {
	away := func(names ...string) string {
		r := progress.Progress{Isolated: map[string]int64{}, Resources: map[string]progress.ResourceID{}}
		for _, d := range names {
			r.Isolated[d], r.Resources[d] = 50, map[string]progress.ResourceID{"ledger": "l.x", "books": "l", "nowhere": ""}[d]
		}
		return r.Metadata("", 0)
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
			own := OwnOffsets{}
			for d, at := range c.own {
				own[d] = kadm.OffsetResponses{"t": {0: {Offset: kadm.Offset{Topic: "t", At: at}}}}
			}
			last := kadm.Offset{Topic: "t", At: 1000, LeaderEpoch: 5, Metadata: c.note}
			committed := kadm.OffsetResponses{"t": {0: {Offset: last}}}
			seeds, _ := renamed(true).seeds("books", committed, own["books"], own)
			if got, _ := seeds.Lookup("t", 0); got.At != c.seed {
				t.Errorf("its group begins at %d; want %d", got.At, c.seed)
			}
			look := own.Of(kafka.TopicPartition{Topic: "t", Partition: 0}, offsets.TopicIdentity{})
			_, reach := renamed(true).Begin(last, look)
			if !maps.Equal(reach.Isolated, c.away) {
				t.Errorf("away: %v; want %v", reach.Isolated, c.away)
			}
			begin, reach := renamed(false).Begin(last, look)
			if begin.At != c.begin || reach.Of("books", begin.At) != c.begin || reach.Of("fast", begin.At) != 1000 || reach.Of("alerts", begin.At) != 1000 {
				t.Errorf("taken back, it begins at %d: %+v; want %d", begin.At, reach, c.begin)
			}
			// What the first commit says is not taken back again.
			last = kadm.Offset{Topic: "t", At: begin.At, Metadata: reach.Metadata("", begin.At)}
			if begin, again := renamed(false).Begin(last, look); begin.At != c.begin || again.Of("books", begin.At) != c.begin {
				t.Errorf("after a crash it begins at %d: %+v", begin.At, again)
			}
		})
	}
}
