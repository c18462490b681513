package main

import (
	"os"
	"runtime/debug"

	"github.com/sluice-bridge/sluice/config"
)

// baseMemory is what everything takes that is not limited by the configuration.
const baseMemory = 100 << 20

// codeMemory is what the program itself takes of that, which the runtime does not count.
const codeMemory = 36 << 20

// memoryBound is what the process is to take at most, in bytes: for each consumer group the records
// in flight and two rounds of fetches.
func memoryBound(cfg *config.Config) int64 {
	groups := int64(1)
	for _, d := range cfg.Destinations {
		if d.Isolated {
			groups++
		}
	}
	return baseMemory + groups*int64(cfg.Limits.InFlightBytes+2*cfg.Kafka.ReadAhead)
}

// limitMemory has the garbage collector work harder near that bound: by itself it lets the heap grow
// to twice of what is in use. GOMEMLIMIT is the user's word, and stands.
func limitMemory(cfg *config.Config) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryBound(cfg) - codeMemory)
	}
}
