package simulate

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// link is a connection: two ends, and what is under way in each direction.
type link struct {
	network   *network
	party     *party
	address   string
	near, far *end // near is the party's
}

// end implements net.Conn.
type end struct {
	link          *link
	in, out       *way
	local, remote net.Addr
	deadlines     struct {
		sync.Mutex
		read, write time.Time
	}
}

func newLink(n *network, p *party, address string, to net.Addr) *link {
	n.port++
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n.port}
	latency := n.latency + p.slow[address]
	a, b := newWay(latency), newWay(latency)
	l := &link{network: n, party: p, address: address}
	l.near = &end{link: l, in: a, out: b, local: from, remote: to}
	l.far = &end{link: l, in: b, out: a, local: to, remote: from}
	return l
}

// cut ends a connection as a reset does.
func (l *link) cut() {
	l.near.in.fail(syscall.ECONNRESET)
	l.far.in.fail(syscall.ECONNRESET)
	l.forget()
}

func (l *link) forget() {
	l.network.mu.Lock()
	defer l.network.mu.Unlock()
	delete(l.party.links, l)
}

func (e *end) Read(p []byte) (int, error) {
	return e.in.read(p, func() time.Time {
		e.deadlines.Lock()
		defer e.deadlines.Unlock()
		return e.deadlines.read
	})
}

func (e *end) Write(p []byte) (int, error) {
	e.deadlines.Lock()
	late := !e.deadlines.write.IsZero() && !time.Now().Before(e.deadlines.write)
	e.deadlines.Unlock()
	if late {
		return 0, os.ErrDeadlineExceeded
	}
	return e.out.write(p)
}

// Close has the other end read what was sent, and then its end.
func (e *end) Close() error {
	e.in.fail(net.ErrClosed)
	e.out.finish()
	e.link.forget()
	return nil
}

func (e *end) LocalAddr() net.Addr  { return e.local }
func (e *end) RemoteAddr() net.Addr { return e.remote }

func (e *end) SetDeadline(t time.Time) error {
	e.setWrite(t)
	return e.SetReadDeadline(t)
}

func (e *end) SetReadDeadline(t time.Time) error {
	e.deadlines.Lock()
	e.deadlines.read = t
	e.deadlines.Unlock()
	e.in.wake()
	return nil
}

func (e *end) SetWriteDeadline(t time.Time) error {
	e.setWrite(t)
	return nil
}

func (e *end) setWrite(t time.Time) {
	e.deadlines.Lock()
	defer e.deadlines.Unlock()
	e.deadlines.write = t
}

// way is one direction of a connection. It holds whatever is written: who writes too much waits for
// answers in any case.
type way struct {
	latency time.Duration

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew when anything changes
	chunks   []chunk
	held     bool  // nothing arrives
	finished bool  // the end follows what is under way
	broken   error // what a reader is told, at once
}

type chunk struct {
	at   time.Time
	data []byte
}

func newWay(latency time.Duration) *way {
	return &way{latency: latency, changed: make(chan struct{})}
}

func (w *way) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wakeLocked()
}

func (w *way) wakeLocked() {
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *way) hold(held bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = held
	w.wakeLocked()
}

func (w *way) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.finished = true
	w.wakeLocked()
}

func (w *way) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == nil {
		w.broken, w.chunks = err, nil
	}
	w.wakeLocked()
}

func (w *way) write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.finished:
		return 0, net.ErrClosed
	case w.broken != nil:
		return 0, syscall.EPIPE
	}
	at := time.Now().Add(w.latency)
	if n := len(w.chunks); n > 0 && w.chunks[n-1].at.After(at) {
		at = w.chunks[n-1].at
	}
	w.chunks = append(w.chunks, chunk{at, append([]byte(nil), p...)})
	w.wakeLocked()
	return len(p), nil
}

func (w *way) read(p []byte, deadline func() time.Time) (int, error) {
	for {
		w.mu.Lock()
		now, until := time.Now(), deadline()
		if !until.IsZero() && !now.Before(until) {
			w.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		}
		if w.broken != nil {
			w.mu.Unlock()
			return 0, w.broken
		}
		if !w.held && len(w.chunks) > 0 {
			first := &w.chunks[0]
			if !now.Before(first.at) {
				n := copy(p, first.data)
				if first.data = first.data[n:]; len(first.data) == 0 {
					w.chunks = w.chunks[1:]
				}
				w.mu.Unlock()
				return n, nil
			}
			if until.IsZero() || first.at.Before(until) {
				until = first.at
			}
		}
		if w.finished && !w.held && len(w.chunks) == 0 {
			w.mu.Unlock()
			return 0, io.EOF
		}
		changed := w.changed
		w.mu.Unlock()
		wait(changed, until)
	}
}

// wait returns when a channel is closed, or at a time unless that is zero.
func wait(changed <-chan struct{}, until time.Time) {
	if until.IsZero() {
		<-changed
		return
	}
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case <-changed:
	case <-t.C:
	}
}
