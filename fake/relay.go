package fake

import (
	"context"
	"io"
	"net"
	"sync"
)

// Relay passes TCP connections on to an address until it is closed: then there is nothing any more
// where it listened, as with a service that has moved.
type Relay struct {
	listener net.Listener
	to       string
	going    sync.WaitGroup

	mu    sync.Mutex
	ended bool
	conns []net.Conn
}

// StartRelay listens at an address of its own. Close ends it.
func StartRelay(to string) (*Relay, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{listener: l, to: to}
	r.going.Go(r.accept)
	return r, nil
}

// Address is where it listens, host:port.
func (r *Relay) Address() string { return r.listener.Addr().String() }

// Close resets what is connected, and refuses what comes.
func (r *Relay) Close() {
	_ = r.listener.Close()
	r.mu.Lock()
	r.ended = true
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.going.Wait()
}

func (r *Relay) accept() {
	for {
		from, err := r.listener.Accept()
		if err != nil {
			return
		}
		to, err := new(net.Dialer).Dial("tcp", r.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		if !r.hold(from, to) {
			return
		}
		r.going.Go(func() { pass(to, from) })
		r.going.Go(func() { pass(from, to) })
	}
}

// hold notes connections to be closed with the relay; false where that is closed already.
func (r *Relay) hold(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		for _, c := range conns {
			_ = c.Close()
		}
		return false
	}
	r.conns = append(r.conns, conns...)
	return true
}

// pass copies one direction, and ends both with it.
func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
}
