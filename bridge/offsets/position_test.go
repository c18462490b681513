package offsets

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// What a commit carries says the same as the reach does at its mark, however often it is asked.
func TestPositionFollowsTheMark(t *testing.T) {
	origin := NewTopicIdentity("cluster", "t", [16]byte{1})
	reach := progress.Progress{Default: 3, Done: map[string]int64{"audit": 5}, Isolated: map[string]int64{"ledger": 1}}
	p := NewTracker("t", 0, origin, NewWindow(100, 1<<20))
	p.Begin(Position{Offset: 0}, reach)
	notes := map[string]bool{}
	for offset := range int64(8) {
		for range 2 {
			mark, note := p.ToCommit()
			if want := reach.Metadata(origin.Fingerprint(), offset); mark.Offset != offset || note != want {
				t.Errorf("position %d with note %q, want %d with %q", mark.Offset, note, offset, want)
			}
			notes[note] = true
		}
		if _, ok := p.Register([]Entry{{Offset: offset}}); !ok {
			t.Fatal("closed")
		}
	}
	if len(notes) != 2 {
		t.Errorf("notes %v: one until all are done, and one from then on, were expected", notes)
	}
	if n := testing.AllocsPerRun(100, func() { p.ToCommit() }); n != 0 {
		t.Errorf("%v allocations where nothing changed", n)
	}
}
