package admin

import (
	"net"
	"net/http"
	"slices"
	"sync"
)

// maxConns bounds the connections of the admin listener, so that they leave file descriptors for
// Kafka and AWS.
const maxConns = 32

// boundedConns keeps the number of connections bounded: a new one ends the one that has waited longest
// for a request, so that those who only hold connections keep no probe out.
type boundedConns struct {
	mu      sync.Mutex
	waiting []net.Conn // the one that has waited longest first
	busy    map[net.Conn]bool
}

// changed is told of each connection (http.Server.ConnState).
func (b *boundedConns) changed(c net.Conn, state http.ConnState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = slices.DeleteFunc(b.waiting, func(w net.Conn) bool { return w == c })
	delete(b.busy, c)
	switch state {
	case http.StateActive:
		b.busy[c] = true
	case http.StateNew, http.StateIdle:
		b.waiting = append(b.waiting, c)
	}
	if len(b.waiting)+len(b.busy) > maxConns && len(b.waiting) > 0 {
		b.waiting[0].Close()
		b.waiting = b.waiting[1:]
	}
}
