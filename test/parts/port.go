package parts

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are taken from below the range that systems give to outgoing connections. A
// client that reconnects to a stopped server could otherwise be given the server's own
// port, and connect to itself or block the restart.
const lowestPort, highestPort = 20000, 32000

// freeAddrs returns n different addresses on the loopback that nothing listens on.
func freeAddrs(n int) ([]string, error) {
	var held []net.Listener
	defer func() {
		for _, l := range held {
			_ = l.Close()
		}
	}()
	var addrs []string
	for range 1000 {
		if len(addrs) == n {
			return addrs, nil
		}
		port := lowestPort + rand.IntN(highestPort-lowestPort)
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		l, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		// Held until all are found, so that none is handed out twice.
		held = append(held, l)
		addrs = append(addrs, addr)
	}
	return nil, fmt.Errorf("finding a free port: none between %d and %d", lowestPort, highestPort)
}
