package awsapi

import "sync"

// keepBytes bounds the buffers that are pooled: the largest batch, escaped, fits.
const keepBytes = 4 << 20

// Buffer is a pooled request body. A sink appends to B and passes the Buffer to Client.Do, which
// owns it from then on.
type Buffer struct {
	B    []byte
	head []byte // of the request, once signed
}

var buffers = sync.Pool{New: func() any { return new(Buffer) }}

// NewBuffer returns an empty buffer, owned by the caller.
func NewBuffer() *Buffer {
	b := buffers.Get().(*Buffer)
	b.B = b.B[:0]
	return b
}

// recycle gives the buffer to the pool. Nothing may read it any more.
func (b *Buffer) recycle() {
	if cap(b.B) <= keepBytes {
		buffers.Put(b)
	}
}
