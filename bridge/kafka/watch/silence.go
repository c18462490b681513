package watch

import "time"

const (
	// SilentAfter is how long nothing may come of a partition that has more before its next batch is looked at. Where that
	// shows nothing, since a transaction is open for one, it is twice as long each time, up to silentLongest.
	SilentAfter   = 5 * time.Second
	silentLongest = 5 * time.Minute
	// ladenSlower is how much slower silence grows while polls take all that they may: what the client has of a partition
	// may wait behind what it has of others, as where a destination is slow.
	ladenSlower = 12
)

// Silence is how long nothing has come of a partition though it has more. The zero Silence is that of one of which
// something came just now.
type Silence struct{ lasted, allowed time.Duration }

// Rest notes that nothing is to come.
func (s *Silence) Rest() { s.lasted = 0 }

// Grow lets time pass in which nothing came, laden where polls take all that they may. It says whether the partition is to
// be looked at.
func (s *Silence) Grow(by time.Duration, laden bool) bool {
	if laden {
		by /= ladenSlower
	}
	s.lasted += by
	return s.lasted >= max(s.allowed, SilentAfter)
}

// Looked notes that it was.
func (s *Silence) Looked() {
	*s = Silence{allowed: min(2*max(s.allowed, SilentAfter), silentLongest)}
}
