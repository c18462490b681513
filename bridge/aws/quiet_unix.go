//go:build unix

package awsapi

import (
	"net"
	"syscall"
)

// silent says whether a socket has nothing to be read, its end included.
func silent(c net.Conn) bool {
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
