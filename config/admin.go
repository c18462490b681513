package config

import (
	"net"
	"strconv"

	"github.com/sluice-bridge/sluice/address"
	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// Admin is the HTTP endpoint for health, metrics and inspection.
type Admin struct {
	Listen string   `key:"listen" default:"127.0.0.1:9600" like:"127.0.0.1:9600" doc:"Where to listen, as host:port; empty to turn it off."`
	Hosts  []string `key:"hosts" doc:"Host names that requests may use, without a port. IP addresses, localhost and the host of listen are always allowed."`
	Pprof  bool     `key:"pprof" default:"false" doc:"Serves Go profiles under /debug/pprof."`
}

func (a *Admin) check(c *checker) {
	if a.Listen == "" {
		return
	}
	host, port, err := net.SplitHostPort(a.Listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		c.Addf("admin.listen", "%q is not an address to listen on; write host:port like 127.0.0.1:9600, or \"\" for none", a.Listen)
		return
	}
	for i, name := range a.Hosts {
		if !isHostName(name) {
			c.Addf(yamldoc.Index("admin.hosts", i), "%q is not the name of a host; write it without a port, like bridge.internal", name)
		}
	}
	if a.Pprof && !address.Local(host) {
		c.Warnf("admin.pprof", "anybody who reaches %s can take profiles; listen on 127.0.0.1, or turn pprof off", a.Listen)
	}
}
