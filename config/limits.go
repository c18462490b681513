package config

import (
	"github.com/sluice-bridge/sluice/config/yamlconf"
)

// Limits bound the memory of the bridge; at a limit it pauses partitions.
type Limits struct {
	InFlight      int           `key:"in_flight" default:"20000" range:"1..10000000" doc:"The most records that are read and not yet settled."`
	InFlightBytes yamlconf.Size `key:"in_flight_bytes" default:"256MiB" range:"1MiB..1024GiB" doc:"The most bytes of such records and of their messages. One that is larger passes alone."`
}
