package daemon

import (
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
)

// baseMemory is what everything takes that is not limited by the configuration.
const baseMemory = 100 << 20

// codeMemory is what the program itself takes of that, which the runtime does not count.
const codeMemory = 36 << 20

// memoryBound is what the process is to take at most, in bytes: for each consumer group the records
// in flight and two rounds of fetches; and the schemas of a registry.
func memoryBound(cfg *config.Config) int64 {
	base, groups := int64(baseMemory), int64(1)
	if len(cfg.SchemaRegistry.URLs) > 0 {
		base += codec.MaxMemory
	}
	for _, d := range cfg.Destinations {
		if d.Isolated {
			groups++
		}
	}
	return base + groups*int64(cfg.Limits.InFlightBytes+2*cfg.Kafka.ReadAhead)
}

// LimitMemory has the garbage collector work harder near that bound: by itself it lets the heap grow
// to twice of what is in use. GOMEMLIMIT is the user's word, and stands. Container is what the cgroup
// allows in bytes, 0 where that is not known or nothing; where it is less, its limit holds, and is told
// of, because the configuration lets more be read.
func LimitMemory(cfg *config.Config, container int64, log *zap.Logger) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	bound := memoryBound(cfg)
	if container == 0 || container >= bound {
		debug.SetMemoryLimit(bound - codeMemory)
		return
	}
	limit := container / 10 * 9 // the rest is what the runtime does not count
	debug.SetMemoryLimit(limit)
	log.Warn("the container has less memory than the configuration may take, and may be killed for it; lower limits.in_flight_bytes or kafka.read_ahead, or give it more",
		zap.Int64("container_bytes", container), zap.Int64("configuration_bytes", bound), zap.Int64("memory_limit", limit))
}

// ContainerMemory is what the process's cgroup, or one that it lies in, allows in bytes; 0 for no limit.
func ContainerMemory() int64 {
	limit, err := memlimit.FromCgroup()
	if err != nil || limit > math.MaxInt64 {
		return 0 // there is none, or it cannot be told
	}
	return int64(limit)
}
