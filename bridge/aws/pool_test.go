package awsapi

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// tcp returns the two ends of a connection.
func tcp(t *testing.T) (near *conn, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near = bare(c)
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	return near, far
}

var errDialed = errors.New("dialed")

func dialsNot(context.Context) (*conn, error) { return nil, errDialed }

// bare is a connection with nothing above its socket.
func bare(c net.Conn) *conn { return &conn{Conn: c, socket: c, expires: time.Now().Add(maxAge)} }

func TestAConnectionIsUsedAgain(t *testing.T) {
	p := &pool{dial: dialsNot}
	defer p.close()
	first, _ := tcp(t)
	last, _ := tcp(t)
	p.put(first)
	p.put(last)
	for _, want := range []*conn{last, first} {
		if c, err := p.get(t.Context()); c != want {
			t.Errorf("got %v, %v; want the connection used last", c, err)
		}
	}
	if _, err := p.get(t.Context()); !errors.Is(err, errDialed) {
		t.Errorf("an empty pool: %v, want a new connection", err)
	}
}

// The deadline of a request says nothing of the connection, which may be idle for longer.
func TestAConnectionOutlivesTheDeadlineOfItsRequest(t *testing.T) {
	p := &pool{dial: dialsNot}
	defer p.close()
	near, _ := tcp(t)
	if err := near.SetDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	p.put(near)
	if c, err := p.get(t.Context()); c != near {
		t.Errorf("%v, want the same connection", err)
	}
}

func TestAConnectionThatTheFarSideClosedIsNotUsed(t *testing.T) {
	for name, end := range map[string]func(net.Conn) error{
		"closed": net.Conn.Close,
		"spoken first": func(c net.Conn) error {
			_, err := io.WriteString(c, "HTTP/1.1 408 Request Timeout\r\n\r\n")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := &pool{dial: dialsNot}
			defer p.close()
			near, far := tcp(t)
			if !near.quiet() {
				t.Fatal("a connection on which nothing happened is not quiet")
			}
			if err := end(far); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(10 * time.Second); near.quiet(); {
				if time.Now().After(deadline) {
					t.Fatal("what the far side did does not show")
				}
				time.Sleep(time.Millisecond)
			}
			p.put(near)
			if _, err := p.get(t.Context()); !errors.Is(err, errDialed) {
				t.Errorf("%v, want a new connection", err)
			}
			if _, err := near.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%v, want the old one closed", err)
			}
		})
	}
}

func pipe() *conn {
	near, _ := net.Pipe()
	return bare(near)
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pool{dial: dialsNot}
		early := pipe()
		late := pipe()
		p.put(early)
		time.Sleep(idleTimeout - time.Second)
		p.put(late)
		open := func(c *conn) bool { return c.SetDeadline(time.Time{}) == nil }
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if open(early) || !open(late) {
			t.Errorf("after its time the early one is open: %v; before its time the late one: %v", open(early), open(late))
		}
		time.Sleep(idleTimeout)
		synctest.Wait()
		if open(late) {
			t.Error("the late one is still open")
		}
		again := pipe()
		p.put(again)
		p.close()
		last := pipe()
		p.put(last)
		if open(again) || open(last) {
			t.Error("a closed pool keeps connections")
		}
	})
}

// What has been idle as long as a connection that failed goes with it; what has shown since that it lives stays.
func TestConnectionsIdleAsLongAsAFailedOneAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pool{dial: dialsNot}
		defer p.close()
		var all []*conn
		for range 4 {
			all = append(all, pipe())
			p.put(all[len(all)-1])
			time.Sleep(time.Second)
		}
		open := func() (n int) {
			for _, c := range all {
				if c.SetDeadline(time.Time{}) == nil {
					n++
				}
			}
			return n
		}
		failed := p.pop()
		begun := time.Now()
		p.put(p.pop()) // has answered since
		failed.Close()
		if p.suspect(doubtful(all[0], begun, net.ErrClosed)); open() != 3 {
			t.Errorf("%d are open, though the one that failed had been idle for no time", open())
		}
		if p.suspect(doubtful(failed, begun.Add(-time.Nanosecond), os.ErrDeadlineExceeded)); open() != 1 {
			t.Errorf("%d are open, want the one that has answered", open())
		}
	})
}

// A connection ends when it is old, however much it is used, so that new ones follow the endpoint's name.
func TestConnectionsHaveAMaximumAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pool{dial: dialsNot}
		defer p.close()
		c := pipe()
		for used := time.Duration(0); used < maxAge; used += idleTimeout / 2 {
			p.put(c)
			if p.pop() != c {
				t.Fatalf("not used again after %v", used)
			}
			time.Sleep(idleTimeout / 2)
		}
		if p.put(c); p.pop() != nil || c.SetDeadline(time.Time{}) == nil {
			t.Error("it is used for ever")
		}
	})
	for range 100 {
		if d := lifetime(); d < maxAge/2 || d > maxAge {
			t.Errorf("a lifetime of %v", d)
		}
	}
}
