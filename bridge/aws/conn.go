package awsapi

import (
	"errors"
	"net"
	"os"
	"time"
)

// conn is a connection to an endpoint, with the socket that carries it. Between them there may be
// TLS, a proxy, or both.
type conn struct {
	net.Conn
	socket net.Conn
	// expires is from when on it is not used again.
	expires time.Time
	// rested is since when it had been idle when it was last taken out of the pool; zero where it never was.
	rested time.Time
}

// longAgo is a deadline that ends all reading and writing.
var longAgo = time.Unix(1, 0)

// quiet says whether nothing has come on an idle connection: neither its end nor anything else,
// which would pass for the answer to the next request.
func (c *conn) quiet() bool {
	if !silent(c.socket) {
		return false
	}
	if c.Conn == c.socket {
		return true
	}
	// What is between may have read ahead; the deadline keeps it from reading on.
	if err := c.SetReadDeadline(longAgo); err != nil {
		return false
	}
	var one [1]byte
	n, err := c.Read(one[:])
	return n == 0 && errors.Is(err, os.ErrDeadlineExceeded)
}
