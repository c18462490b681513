package awsapi

import (
	"bytes"
	"io"
	"sync"
)

// keepBytes bounds the buffers that are pooled: the largest batch, escaped, fits.
const keepBytes = 4 << 20

// Buffer is a pooled request body. A sink appends to B and passes the Buffer to Client.Do, which
// owns it from then on.
//
// It returns to the pool only after a success. The transport may go on reading a body after
// RoundTrip returned (an early refusal, a cancelled context), and reuse would then send one
// batch's bytes under another's signature; a success comes when the service has read it all, as it
// must to check the signature. Closing the body would tell as well, but for a body of a type of
// ours net/http flushes the headers first, which costs a system call and a TLS record a request.
type Buffer struct {
	B []byte
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

// open returns a reader over the whole buffer, of a type net/http knows to be in memory.
func (b *Buffer) open() io.ReadCloser { return io.NopCloser(bytes.NewReader(b.B)) }
