package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Stream is an endless stream of events of a web shop. The same seed gives the same stream, but for
// the times in it.
type Stream struct {
	rand     *rand.Rand
	open     []*order // that may still become something
	orders   int
	sequence map[string]int // of payments, by account
	now      func() time.Time
}

// NewStream returns the stream of a seed.
func NewStream(seed uint64) *Stream {
	return &Stream{rand: rand.New(rand.NewPCG(seed, 1)), sequence: map[string]int{}, now: time.Now} //nolint:gosec // one seed gives one stream
}

// Next returns the next event.
func (s *Stream) Next() Event {
	switch n := s.rand.IntN(1000); {
	case n < 530:
		return s.order()
	case n < 550:
		return s.debug()
	case n < 551:
		return s.badOrder()
	case n < 750:
		return s.payment()
	case n < 810:
		return s.customer()
	default:
		return s.telemetry()
	}
}

// pick returns one of several.
func pick[T any](s *Stream, of ...T) T { return of[s.rand.IntN(len(of))] }

// one is true once in so many times.
func (s *Stream) one(in int) bool { return s.rand.IntN(in) == 0 }

func (s *Stream) stamp() string { return s.now().UTC().Format(time.RFC3339Nano) }

// cents is an amount of money of at most so much, with most of them small.
func (s *Stream) cents(most float64) float64 {
	x := s.rand.Float64()
	return float64(int(x*x*most*100)+100) / 100
}

func (s *Stream) id(prefix string, of int) string {
	return fmt.Sprintf("%s-%04d", prefix, s.rand.IntN(of))
}
