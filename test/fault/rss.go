package fault

import (
	"fmt"
	"os"
	"strings"

	"github.com/sluice-bridge/sluice/codec"
)

// resident returns the bytes of memory that a process has in use, from Linux's /proc.
func resident(pid int) (int64, error) { return memoryOf(pid, "VmRSS") }

// peakResident returns the most that a process has ever had in use, which the kernel itself keeps count
// of: no peak is too short for it.
func peakResident(pid int) (int64, error) { return memoryOf(pid, "VmHWM") }

// memoryOf reads a field of /proc/PID/status (proc_pid_status(5)), in bytes.
func memoryOf(pid int, field string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, field+": %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("process %d has no %s", pid, field)
}

// itself is what a bridge takes beside what its limits bound.
const itself = 100 << 20

// bound is the most memory that a bridge with these settings takes: for each consumer group the records
// in flight, what the client reads ahead and as much again that is just being taken; and what it needs
// for itself, with the schemas of a registry.
func (s settings) bound() int64 {
	base, groups := itself, 1
	if s.side { // which has one
		base += codec.MaxMemory
	}
	for _, tuning := range s.tuning {
		if strings.Contains(tuning, "isolated: true") {
			groups++
		}
	}
	return int64(groups*(s.inFlightBytes+2*s.readAhead) + base)
}
