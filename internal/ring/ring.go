package ring

// Buffer is a first-in first-out queue that reuses its memory. The zero Buffer is empty.
type Buffer[T any] struct {
	buf  []T // length is a power of two
	head int
	n    int
}

// Len is how many there are.
func (r *Buffer[T]) Len() int { return r.n }

// At returns the i-th from the front; it is valid until the next push or pop.
func (r *Buffer[T]) At(i int) *T { return &r.buf[(r.head+i)&(len(r.buf)-1)] }

// Push adds one behind the others.
func (r *Buffer[T]) Push(v T) {
	r.grow()
	r.n++
	*r.At(r.n - 1) = v
}

// PushFront adds one before the others.
func (r *Buffer[T]) PushFront(v T) {
	r.grow()
	r.head = (r.head - 1) & (len(r.buf) - 1)
	r.n++
	*r.At(0) = v
}

// Pop takes the first; there must be one.
func (r *Buffer[T]) Pop() T {
	var zero T
	front := r.At(0)
	v := *front
	*front = zero
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	return v
}

// Filter keeps only the elements for which keep is true, in their order.
func (r *Buffer[T]) Filter(keep func(T) bool) {
	for n := r.n; n > 0; n-- {
		if v := r.Pop(); keep(v) {
			r.Push(v)
		}
	}
}

// Rotate puts the first n behind the others. Where there are not so many it is about the golden section of
// them: by that, whatever stands somewhere comes to the front soon.
func (r *Buffer[T]) Rotate(n int) {
	if n >= r.n {
		n = r.n * 5 / 8
	}
	for range n {
		r.Push(r.Pop())
	}
}

func (r *Buffer[T]) grow() {
	if r.n < len(r.buf) {
		return
	}
	buf := make([]T, max(8, 2*len(r.buf)))
	for i := range r.n {
		buf[i] = *r.At(i)
	}
	r.buf, r.head = buf, 0
}
