package awsapi

import (
	"io"
	"sync"
	"sync/atomic"
)

// keepBytes bounds the buffers that are pooled: the largest batch, escaped, fits.
const keepBytes = 4 << 20

// Buffer is a pooled request body. A sink appends to B and passes the Buffer to Client.Do, which
// owns it from then on.
//
// It is counted because the transport may go on reading after RoundTrip returned (an early
// answer, a cancelled context) and only closing the body ends that: to reuse it earlier would
// send one batch's bytes under another's signature.
type Buffer struct {
	B       []byte
	refs    atomic.Int32
	started atomic.Bool // some of it was read, so some of the request may have been written
}

var buffers = sync.Pool{New: func() any { return new(Buffer) }}

// NewBuffer returns an empty buffer, owned by the caller.
func NewBuffer() *Buffer {
	b := buffers.Get().(*Buffer)
	b.B = b.B[:0]
	b.started.Store(false)
	b.refs.Store(1)
	return b
}

// Release ends the caller's ownership.
func (b *Buffer) Release() {
	if b.refs.Add(-1) == 0 && cap(b.B) <= keepBytes {
		buffers.Put(b)
	}
}

// open returns a reader over the whole buffer that holds it until closed.
func (b *Buffer) open() io.ReadCloser {
	b.refs.Add(1)
	return &bufferReader{buffer: b}
}

// bufferReader reads a Buffer. Close may be called often and from any goroutine.
type bufferReader struct {
	buffer *Buffer
	at     int
	closed atomic.Bool
}

func (r *bufferReader) Read(p []byte) (int, error) {
	if r.closed.Load() {
		return 0, io.ErrClosedPipe
	}
	r.buffer.started.Store(true)
	if r.at >= len(r.buffer.B) {
		return 0, io.EOF
	}
	n := copy(p, r.buffer.B[r.at:])
	r.at += n
	return n, nil
}

func (r *bufferReader) Close() error {
	if r.closed.CompareAndSwap(false, true) {
		r.buffer.Release()
	}
	return nil
}
