package opening

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// An assigned partition begins where the group says, unless that is of another topic, beyond the log, or behind what was
// settled before a loss.
func TestAssignedPartitionsBegin(t *testing.T) {
	t.Parallel()
	at := kafka.TopicPartition{Topic: "t", Partition: 1}
	this, other := offsets.NewTopicIdentity("c", "t", [16]byte{1}), offsets.NewTopicIdentity("c", "t", [16]byte{2})
	none := kgo.NewOffset().AtStart()
	offset := func(o int64) kgo.Offset { return kgo.NewOffset().At(o).WithEpoch(3) }
	for name, c := range map[string]struct {
		committed Committed
		lost      int64                 // up to where it was settled before a loss; 0: not lost
		of        offsets.TopicIdentity // that was lost
		opened    int64                 // where an Opening has it begin; 0: nowhere
		want      Beginning
	}{
		"where the group says":                  {committed: Committed{Offset: offset(20)}, want: Beginning{Offset: offset(20)}},
		"at the log's start":                    {committed: Committed{Offset: none}, want: Beginning{Offset: kgo.NewOffset().At(10)}},
		"where it was opened":                   {committed: Committed{Offset: none}, opened: 15, want: Beginning{Offset: kgo.NewOffset().At(15), Opened: true}},
		"of a topic that is no more":            {committed: Committed{Offset: offset(20), Remade: true}, want: Beginning{Offset: kgo.NewOffset().At(10)}},
		"above the end":                         {committed: Committed{Offset: offset(41)}, want: Beginning{Offset: kgo.NewOffset().At(10), Above: true, End: 40}},
		"above the end, of an earlier leader":   {committed: Committed{Offset: kgo.NewOffset().At(41).WithEpoch(2)}, want: Beginning{Offset: kgo.NewOffset().At(41).WithEpoch(2), End: 40}},
		"below the log's start":                 {committed: Committed{Offset: offset(4)}, want: Beginning{Offset: offset(4), Expired: 10}},
		"settled further before it was lost":    {committed: Committed{Offset: offset(20)}, lost: 30, of: this, want: Beginning{Offset: kgo.NewOffset().At(30).WithEpoch(1)}},
		"settled less before it was lost":       {committed: Committed{Offset: offset(20)}, lost: 12, of: this, want: Beginning{Offset: offset(20)}},
		"lost, and not committed":               {committed: Committed{Offset: none}, lost: 30, of: this, want: Beginning{Offset: kgo.NewOffset().At(30).WithEpoch(1)}},
		"lost, not committed, and expired":      {committed: Committed{Offset: none}, lost: 5, of: this, want: Beginning{Offset: kgo.NewOffset().At(5).WithEpoch(1), Expired: 10}},
		"lost while it was another topic":       {committed: Committed{Offset: offset(20)}, lost: 30, of: other, want: Beginning{Offset: offset(20)}},
		"opened, and settled before it is lost": {committed: Committed{Offset: none}, opened: 15, lost: 30, of: this, want: Beginning{Offset: kgo.NewOffset().At(30).WithEpoch(1), Opened: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, end := kadm.ListedOffsets{}, kadm.ListedOffsets{}
			first["t"] = map[int32]kadm.ListedOffset{1: {Topic: "t", Partition: 1, Offset: 10}}
			end["t"] = map[int32]kadm.ListedOffset{1: {Topic: "t", Partition: 1, Offset: 40, LeaderEpoch: 3}}
			a := Assigned{Starts: kadm.Offsets{}, Bounds: Bounds{first, end}, Lost: Lost{}}
			if c.opened > 0 {
				a.Starts.Add(kadm.Offset{Topic: "t", Partition: 1, At: c.opened})
			}
			if c.lost > 0 {
				a.Lost.Remember(at, offsets.Position{Offset: c.lost, Epoch: 1}, c.of)
			}
			c.committed.Origin = &this
			got := a.Begin(at, c.committed)
			if got.Offset != c.want.Offset || got.Opened != c.want.Opened || got.Expired != c.want.Expired || got.Above != c.want.Above || got.Above && got.End != c.want.End {
				t.Errorf("%+v, not %+v", got, c.want)
			}
		})
	}
}
