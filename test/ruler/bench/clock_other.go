//go:build !linux

package main

import "time"

var started = time.Now()

// cpuTime is the time that has passed: elsewhere a thread's own is not to be had.
func cpuTime() time.Duration { return time.Since(started) }
