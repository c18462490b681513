package fault

import (
	"fmt"
	"os"
	"strings"
)

// resident returns the bytes of memory that a process has in use, from Linux's /proc.
func resident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("process %d has no VmRSS", pid)
}

// Bound is the most memory that a bridge of one consumer group takes, by its limits: the records in
// flight, what a fetch brings, and what it needs for itself.
func Bound(inFlightBytes int) int { return inFlightBytes + fetched + itself }

const (
	// fetched: what the client reads ahead, kafka.read_ahead, and as much again that is just being
	// taken.
	fetched = 2 * 4 << 20
	itself  = 100 << 20
)
