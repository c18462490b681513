package resend

import (
	"slices"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
)

// Period is from a time up to another one, which is excluded; it has no bound where one of them is zero.
type Period struct{ From, To time.Time }

// Has says whether a time is in it.
func (p Period) Has(at time.Time) bool {
	return !at.Before(p.From) && (p.To.IsZero() || at.Before(p.To))
}

// In says whether a name is among some, or there are none.
func In(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }

// OffsetsIn is how many offsets ranges have.
func OffsetsIn(ranges []reader.Range) (n int64) {
	for _, r := range ranges {
		n += r.End - r.First
	}
	return n
}
