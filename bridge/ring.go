package bridge

// ring is a first-in first-out queue that reuses its memory. The zero ring is empty.
type ring[T any] struct {
	buf  []T // length is a power of two
	head int
	n    int
}

func (r *ring[T]) len() int { return r.n }

// at returns the i-th from the front; it is valid until the next push or pop.
func (r *ring[T]) at(i int) *T { return &r.buf[(r.head+i)&(len(r.buf)-1)] }

func (r *ring[T]) push(v T) {
	r.grow()
	r.n++
	*r.at(r.n - 1) = v
}

func (r *ring[T]) pushFront(v T) {
	r.grow()
	r.head = (r.head - 1) & (len(r.buf) - 1)
	r.n++
	*r.at(0) = v
}

func (r *ring[T]) pop() T {
	var zero T
	front := r.at(0)
	v := *front
	*front = zero
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	return v
}

// filter keeps only the elements for which keep is true, in their order.
func (r *ring[T]) filter(keep func(T) bool) {
	for n := r.n; n > 0; n-- {
		if v := r.pop(); keep(v) {
			r.push(v)
		}
	}
}

// rotate puts the first n behind the others. Where there are not so many it is about the golden section of
// them: by that, whatever stands somewhere comes to the front soon.
func (r *ring[T]) rotate(n int) {
	if n >= r.n {
		n = r.n * 5 / 8
	}
	for range n {
		r.push(r.pop())
	}
}

func (r *ring[T]) grow() {
	if r.n < len(r.buf) {
		return
	}
	buf := make([]T, max(8, 2*len(r.buf)))
	for i := range r.n {
		buf[i] = *r.at(i)
	}
	r.buf, r.head = buf, 0
}
