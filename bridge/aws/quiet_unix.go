//go:build unix

package awsapi

import (
	"crypto/tls"
	"net"
	"syscall"
)

// quiet says whether nothing has come on an idle connection: neither its end nor anything else,
// which would be no answer to the next request.
func quiet(c net.Conn) bool {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	s, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	still := false
	// Not raw.Read, for which the deadline of the last request would pass for the end.
	err = raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, e := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		still = e == syscall.EAGAIN || e == syscall.EWOULDBLOCK
	})
	return err == nil && still
}
