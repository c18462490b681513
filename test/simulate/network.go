package simulate

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// network connects what runs in one process without sockets. What is written arrives after a latency,
// in its order. A party is whoever dials: its connections can be cut, and it can be kept apart.
type network struct {
	mu        sync.Mutex
	port      int
	listeners map[string]*listener
	parties   map[string]*party
	latency   time.Duration
}

// party is one that dials.
type party struct {
	links    map[*link]bool
	dead     bool                     // it can neither dial nor be heard
	severed  map[string]bool          // addresses that it does not reach: silence
	secluded bool                     // it reaches none
	refused  map[string]error         // addresses to which it cannot connect, and what it is told
	slow     map[string]time.Duration // addresses, and by how much
	healed   chan struct{}            // closed when what is severed changes
}

func newNetwork(latency time.Duration) *network {
	return &network{port: 20000, listeners: map[string]*listener{}, parties: map[string]*party{}, latency: latency}
}

// Listen takes the place of net.Listen; the port 0 is the next that is free.
func (n *network) Listen(_, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if port == "0" {
		n.port++
		port = strconv.Itoa(n.port)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	l := &listener{network: n, addr: &net.TCPAddr{IP: net.ParseIP(host), Port: number}, accepted: make(chan net.Conn), closed: make(chan struct{})}
	if n.listeners[l.addr.String()] != nil {
		return nil, fmt.Errorf("listening on %s: %w", l.addr, syscall.EADDRINUSE)
	}
	n.listeners[l.addr.String()] = l
	return l, nil
}

// partyLocked returns the party of a name. n.mu is held.
func (n *network) partyLocked(name string) *party {
	p := n.parties[name]
	if p == nil {
		p = &party{links: map[*link]bool{}, severed: map[string]bool{}, refused: map[string]error{}, slow: map[string]time.Duration{}, healed: make(chan struct{})}
		n.parties[name] = p
	}
	return p
}

// Dialer returns how a party dials.
func (n *network) Dialer(name string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, _, address string) (net.Conn, error) {
		n.mu.Lock()
		p := n.partyLocked(name)
		for p.deaf(address) && !p.dead {
			healed := p.healed
			n.mu.Unlock()
			select {
			case <-healed:
			case <-ctx.Done():
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
			}
			n.mu.Lock()
		}
		if err := p.refused[address]; err != nil && !p.dead {
			n.mu.Unlock()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
		l := n.listeners[address]
		if l == nil || p.dead {
			n.mu.Unlock()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		c := newLink(n, p, address, l.addr)
		p.links[c] = true
		n.mu.Unlock()
		select {
		case l.accepted <- c.far:
			return c.near, nil
		case <-l.closed:
			c.cut()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		case <-ctx.Done():
			c.cut()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
		}
	}
}

// Cut closes all connections of a party, or those to an address: both ends see a reset.
func (n *network) Cut(name, address string) {
	n.mu.Lock()
	var links []*link
	for l := range n.partyLocked(name).links {
		if address == "" || l.address == address {
			links = append(links, l)
		}
	}
	n.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
}

// connections is how many a party has.
func (n *network) connections(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.partyLocked(name).links)
}

// Kill cuts a party off for good, as the end of its process does.
func (n *network) Kill(name string) {
	n.mu.Lock()
	p := n.partyLocked(name)
	p.dead = true
	close(p.healed)
	p.healed = make(chan struct{})
	n.mu.Unlock()
	n.Cut(name, "")
}

// Refuse has a party not connect to an address any more; nil has it connect again.
func (n *network) Refuse(name, address string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.partyLocked(name).refused[address] = err
}

// deaf says whether nothing goes between a party and an address.
func (p *party) deaf(address string) bool { return p.secluded || p.severed[address] }

// Sever loses what goes between a party and an address, in both directions and without a word, until
// it is mended.
func (n *network) Sever(name, address string, severed bool) {
	n.change(name, func(p *party) { p.severed[address] = severed })
}

// Seclude does that with all addresses.
func (n *network) Seclude(name string, secluded bool) {
	n.change(name, func(p *party) { p.secluded = secluded })
}

func (n *network) change(name string, change func(*party)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.partyLocked(name)
	change(p)
	for l := range p.links {
		l.near.in.hold(p.deaf(l.address))
		l.far.in.hold(p.deaf(l.address))
	}
	close(p.healed)
	p.healed = make(chan struct{})
}

type listener struct {
	network  *network
	addr     *net.TCPAddr
	accepted chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.network.mu.Lock()
		defer l.network.mu.Unlock()
		delete(l.network.listeners, l.addr.String())
	})
	return nil
}

func (l *listener) Addr() net.Addr { return l.addr }
