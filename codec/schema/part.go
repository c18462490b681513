package schema

import (
	"crypto/sha256"
	"maps"
	"weak"
)

// Part is what schemas are made of, and may share: in memory it is once.
type Part struct{ Weight int } // in bytes

// Sum tells texts apart.
type Sum [sha256.Size]byte

// SumOf is the sum of texts; where one ends and the next begins counts.
func SumOf(texts ...string) (sum Sum) {
	h := sha256.New()
	for _, text := range texts {
		one := sha256.Sum256([]byte(text))
		h.Write(one[:])
	}
	h.Sum(sum[:0])
	return sum
}

// Cache finds what was made of a text as long as a schema is made of it. The zero Cache is ready; one goroutine may
// use it at a time.
type Cache[T any] struct {
	made map[Sum]weak.Pointer[T]
	full int // the number of them at which those that are gone are looked for
}

// Find returns what was made of the text of that sum; nil where nothing is left of it.
func (c *Cache[T]) Find(sum Sum) *T { return c.made[sum].Value() }

// Keep remembers what was made of a text, and does not hold it.
func (c *Cache[T]) Keep(sum Sum, made *T) {
	if len(c.made) >= c.full {
		maps.DeleteFunc(c.made, func(_ Sum, made weak.Pointer[T]) bool { return made.Value() == nil })
		c.full = 2*len(c.made) + 64
	}
	if c.made == nil {
		c.made = map[Sum]weak.Pointer[T]{}
	}
	c.made[sum] = weak.Make(made)
}
