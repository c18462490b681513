package simulate

import (
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// throttle has brokers say that a quota is used up, in their answers (KIP-219: the client is to be silent for
// that long). The embedded Kafka has no quotas.
type throttle struct {
	network *network
	millis  atomic.Int32
}

// throttled are the requests whose answers begin with that time, each with the first version that does.
var throttled = map[int16]int16{
	int16(kmsg.Fetch): 1, int16(kmsg.ListOffsets): 2, int16(kmsg.Metadata): 3, int16(kmsg.OffsetCommit): 3, int16(kmsg.OffsetFetch): 3,
	int16(kmsg.FindCoordinator): 1, int16(kmsg.JoinGroup): 2, int16(kmsg.SyncGroup): 1, int16(kmsg.Heartbeat): 1, int16(kmsg.LeaveGroup): 1,
}

// set has all answers say a time; 0 for none.
func (t *throttle) set(d time.Duration) { t.millis.Store(int32(d.Milliseconds())) }

// Listen is that of the network.
func (t *throttle) Listen(network, address string) (net.Listener, error) {
	l, err := t.network.Listen(network, address)
	if err != nil {
		return nil, err
	}
	return &throttledListener{l, t}, nil
}

type throttledListener struct {
	net.Listener
	throttle *throttle
}

func (l *throttledListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &throttledConn{Conn: c, throttle: l.throttle, asked: map[int32]int{}}, nil
}

// throttledConn is the broker's end of a connection. The embedded Kafka reads a request's length and the request,
// and writes an answer at once.
type throttledConn struct {
	net.Conn
	throttle *throttle

	mu     sync.Mutex
	unread []byte
	asked  map[int32]int // where the time is in the answer, by correlation id
}

// Read looks at what it hands on: who asks what.
func (c *throttledConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unread = append(c.unread, p[:n]...)
	for len(c.unread) >= 4 {
		size := 4 + int(binary.BigEndian.Uint32(c.unread))
		if len(c.unread) < size {
			break
		}
		c.note(c.unread[4:size])
		c.unread = c.unread[size:]
	}
	return n, err
}

// note notes a request: api key, version, correlation id and so on.
func (c *throttledConn) note(request []byte) {
	key, version := int16(binary.BigEndian.Uint16(request)), int16(binary.BigEndian.Uint16(request[2:]))
	since, ok := throttled[key]
	if !ok || version < since {
		return
	}
	resp := kmsg.ResponseForKey(key)
	resp.SetVersion(version)
	at := 4 + 4 // behind the length and the correlation id
	if resp.IsFlexible() {
		at++ // no tags
	}
	c.asked[int32(binary.BigEndian.Uint32(request[4:]))] = at
}

func (c *throttledConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	id := int32(binary.BigEndian.Uint32(p[4:]))
	at, ok := c.asked[id]
	delete(c.asked, id)
	c.mu.Unlock()
	if millis := c.throttle.millis.Load(); ok && millis > 0 && len(p) >= at+4 {
		binary.BigEndian.PutUint32(p[at:], uint32(millis))
	}
	return c.Conn.Write(p)
}
