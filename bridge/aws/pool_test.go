package awsapi

import (
	"context"
	"errors"
	"io"
	"net"
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
func bare(c net.Conn) *conn { return &conn{c, c} }

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
