package simulate

import "math/rand/v2"

// random draws by a seed.
type random struct{ *rand.Rand }

func newRandom(seed, stream uint64) random { return random{rand.New(rand.NewPCG(seed, stream))} }

// one reports true once in n times.
func (r random) one(n int) bool { return r.IntN(n) == 0 }

func pick[T any](r random, from []T) T { return from[r.IntN(len(from))] }
