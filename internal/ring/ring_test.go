package ring

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A ring behaves as a slice does, through any pushes, pops and filters.
func TestRingBehavesAsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Buffer[int]
		var want []int
		next := 0
		t.Repeat(map[string]func(*rapid.T){
			"push": func(*rapid.T) { r.Push(next); want = append(want, next); next++ },
			"front": func(*rapid.T) {
				r.PushFront(next)
				want = append([]int{next}, want...)
				next++
			},
			"pop": func(t *rapid.T) {
				if len(want) == 0 {
					t.Skip("empty")
				}
				if got := r.Pop(); got != want[0] {
					t.Fatalf("popped %d, want %d", got, want[0])
				}
				want = want[1:]
			},
			"filter": func(t *rapid.T) {
				n := rapid.IntRange(1, 4).Draw(t, "n")
				keep := func(v int) bool { return v%n != 0 }
				r.Filter(keep)
				want = slices.DeleteFunc(slices.Clone(want), func(v int) bool { return !keep(v) })
			},
			"": func(t *rapid.T) {
				if r.Len() != len(want) {
					t.Fatalf("length %d, want %d", r.Len(), len(want))
				}
				for i, w := range want {
					if got := *r.At(i); got != w {
						t.Fatalf("[%d] = %d, want %d", i, got, w)
					}
				}
			},
		})
	})
}

// What was popped must not be kept alive by the ring's memory.
func TestRingKeepsNothingThatWasPopped(t *testing.T) {
	var r Buffer[*int]
	for range 5 {
		r.Push(new(int))
	}
	r.Pop()
	r.Filter(func(*int) bool { return false })
	for i, p := range r.buf {
		if p != nil {
			t.Errorf("[%d] is still referred to", i)
		}
	}
}
