package consumer

import (
	"slices"

	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
)

// Swap is what a source is to hand records to, and what its group is to know of others.
type Swap struct {
	*Source
	Intake  Intake
	Sharing handover.Sharing
}

// SwapAll has sources hand records to other intakes, all of them at one moment: between, nothing is read,
// and met is told how far each is, in their order. When it returns, the earlier intakes are not called any more. A
// destination that a group is to take back needs a new source.
func SwapAll(swaps []Swap, met func([]handover.Reached)) {
	for _, s := range swaps {
		s.gate.Lock()
		defer s.gate.Unlock()
	}
	all := make([]handover.Reached, len(swaps))
	for i, s := range swaps {
		all[i] = s.reached()
	}
	met(all)
	for _, s := range swaps {
		s.intake, s.sharing = s.Intake, s.Sharing
	}
}

// Owns says whether the group reads any partition here.
func (s *Source) Owns() bool { return len(s.held()) > 0 }

// reached returns how far the partitions are read that are owned, and those that were. Called with the gate locked.
func (s *Source) reached() handover.Reached {
	reached := handover.Reached{}
	for at, p := range s.ended {
		reached.Set(at, p)
	}
	add := func(a *assignment) {
		next := a.Expected()
		if len(a.waiting.Records) > 0 {
			next = a.waiting.Records[0].Offset
		}
		if p, begun := a.position(next); begun {
			p.Owned = true
			reached.Set(a.TopicPartition, p)
		}
	}
	for _, a := range s.leaving {
		add(a)
	}
	for _, a := range s.assigned {
		add(a)
	}
	return reached
}

// position returns how far a partition is that is read up to an offset, or up to its mark where that is further;
// false where nothing was read of it yet.
func (a *assignment) position(next int64) (handover.Position, bool) {
	mark := a.part.Committable().Offset
	return handover.NewPosition(mark, max(mark, next), a.part.Progress(), a.part.Origin.Fingerprint()), mark >= 0
}

// TakesBack says whether the shared group is to take a destination back, by the partitions that are owned.
func (s *Source) TakesBack(sharing handover.Sharing) bool {
	return slices.ContainsFunc(s.held(), func(a *assignment) bool { return sharing.TakesBack(a.part.Progress()) })
}
