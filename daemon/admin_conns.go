package daemon

import (
	"net"
	"net/http"
	"slices"
	"sync"
)

// maxAdminConns bounds the connections of the admin listener, so that they leave file descriptors for
// Kafka and AWS.
const maxAdminConns = 32

// adminConns keeps the number of connections bounded: a new one ends the one that has waited longest
// for a request, so that those who only hold connections keep no probe out.
type adminConns struct {
	mu      sync.Mutex
	waiting []net.Conn // the one that has waited longest first
	busy    map[net.Conn]bool
}

// changed is told of each connection (http.Server.ConnState).
func (a *adminConns) changed(c net.Conn, state http.ConnState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = slices.DeleteFunc(a.waiting, func(w net.Conn) bool { return w == c })
	delete(a.busy, c)
	switch state {
	case http.StateActive:
		a.busy[c] = true
	case http.StateNew, http.StateIdle:
		a.waiting = append(a.waiting, c)
	}
	if len(a.waiting)+len(a.busy) > maxAdminConns && len(a.waiting) > 0 {
		a.waiting[0].Close()
		a.waiting = a.waiting[1:]
	}
}
