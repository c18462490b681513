package trail

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// readToTen is the trail of a partition that is settled and read up to offset 10, in leader epoch 2.
func readToTen() *Trail {
	part := offsets.NewTracker("t", 0, offsets.TopicIdentity{}, offsets.NewWindow(100, 1<<20))
	part.Begin(offsets.Position{Offset: 10, Epoch: 2}, progress.Progress{Default: 10})
	return New(part)
}

// at returns records of a leader epoch, at offsets.
func at(epoch int32, offsets ...int64) []*kgo.Record {
	records := make([]*kgo.Record, len(offsets))
	for i, o := range offsets {
		records[i] = &kgo.Record{Offset: o, LeaderEpoch: epoch}
	}
	return records
}

func TestCompareTellsWhatFollowsFromWhatDoesNot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		records         []*kgo.Record
		start           int64
		doubted, passes bool
		moved           bool
		cut             int64 // that is known; 0: none
		taken           int
		next            int64 // offset behind what is read then
		expired         int64
		doubt           error
		below           bool
		asks            bool // whether a batch was passed over
	}{
		"behind what was read":            {records: at(2, 10, 11), taken: 2, next: 12},
		"nothing":                         {next: 10},
		"after a gap":                     {records: at(2, 13, 14), taken: 2, next: 15, asks: true},
		"after retention":                 {records: at(2, 13, 14), start: 13, taken: 2, next: 15, expired: 3},
		"after retention, and a gap":      {records: at(2, 15), start: 12, taken: 1, next: 16, expired: 2, asks: true},
		"behind a batch passed over":      {records: at(2, 13), passes: true, next: 10, doubt: ErrPassedOver, asks: true},
		"on both sides of it":             {records: at(2, 10, 11, 14), passes: true, taken: 2, next: 12, doubt: ErrPassedOver, asks: true},
		"before a doubted batch":          {records: at(2, 10, 11, 14), doubted: true, taken: 2, next: 12},
		"below what was read":             {records: at(3, 7, 8), next: 10, below: true},
		"beside a cut that is known":      {records: at(3, 10, 11), cut: 8, next: 10},
		"retention beside a cut":          {records: at(3, 13), start: 13, cut: 8, next: 10, asks: true},
		"of a later leader":               {records: at(3, 10), taken: 1, next: 11},
		"of a later leader after a move":  {records: at(3, 10), moved: true, next: 10, doubt: ErrLaterLeader},
		"of the same leader after a move": {records: at(2, 10), moved: true, taken: 1, next: 11},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trail := readToTen()
			if c.moved {
				trail.Moved()
			}
			if c.cut > 0 {
				trail.CutOff(offsets.Position{Offset: c.cut})
			}
			looked := false
			got := trail.Compare(Fetched{Records: c.records, Start: c.start, Doubted: c.doubted, PassesOver: func() bool { looked = true; return c.passes }})
			if len(got.Records) != c.taken || trail.Expected() != c.next || got.Start-got.From != c.expired || !errors.Is(got.Doubt, c.doubt) || got.Below != c.below || looked != c.asks {
				t.Errorf("%+v, read to %d, asked for batches that were passed over: %t", got, trail.Expected(), looked)
			}
			if got.Below && got.Cut.Offset != c.records[0].Offset {
				t.Errorf("cut at %d", got.Cut.Offset)
			}
		})
	}
}

// What was looked at once after a move is not looked at again.
func TestCompareLooksAtTheFirstFetchAfterAMove(t *testing.T) {
	t.Parallel()
	trail := readToTen()
	trail.Moved()
	for _, r := range [][]*kgo.Record{at(2, 10), at(3, 11)} {
		if c := trail.Compare(Fetched{Records: r}); len(c.Records) != 1 || c.Doubt != nil {
			t.Errorf("%+v", c)
		}
	}
}

// What was read alone before the client began comes once more, and is left out.
func TestCompareLeavesOutWhatIsKnown(t *testing.T) {
	t.Parallel()
	trail := readToTen()
	trail.Lead.Store(5)
	if c := trail.Compare(Fetched{Records: at(2, 8, 9, 10, 11)}); len(c.Records) != 2 || c.Records[0].Offset != 10 {
		t.Errorf("%+v", c)
	}
	if trail.Lead.Load() != 12 {
		t.Errorf("the client may bring what is known from %d on", trail.Lead.Load())
	}
}

func TestLowestCutCounts(t *testing.T) {
	t.Parallel()
	trail := readToTen()
	for _, o := range []int64{7, 4, 9} {
		trail.CutOff(offsets.Position{Offset: o})
	}
	if trail.Cut().Offset != 4 {
		t.Errorf("cut at %d", trail.Cut().Offset)
	}
}
