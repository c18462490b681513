package codec

import (
	"crypto/sha256"
	"maps"
	"weak"
)

// part is what schemas are made of, and may share: in memory it is once.
type part struct{ weight int } // in bytes

// textSum tells texts apart.
type textSum [sha256.Size]byte

// sumOf is the sum of texts; where one ends and the next begins counts.
func sumOf(texts ...string) (sum textSum) {
	h := sha256.New()
	for _, text := range texts {
		one := sha256.Sum256([]byte(text))
		h.Write(one[:])
	}
	h.Sum(sum[:0])
	return sum
}

// parts finds what was made of a text as long as a schema is made of it.
type parts[T any] struct {
	made map[textSum]weak.Pointer[T]
	full int // the number of them at which those that are gone are looked for
}

func (p *parts[T]) find(sum textSum) *T { return p.made[sum].Value() }

func (p *parts[T]) keep(sum textSum, made *T) {
	if len(p.made) >= p.full {
		maps.DeleteFunc(p.made, func(_ textSum, made weak.Pointer[T]) bool { return made.Value() == nil })
		p.full = 2*len(p.made) + 64
	}
	if p.made == nil {
		p.made = map[textSum]weak.Pointer[T]{}
	}
	p.made[sum] = weak.Make(made)
}
