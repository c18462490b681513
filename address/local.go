package address

import (
	"net/netip"
	"strings"
)

// Local reports whether a host is this machine, so that nobody is on the way to it: names that end in localhost are
// (RFC 6761, section 6.3).
func Local(host string) bool {
	host = strings.ToLower(host)
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.Unmap().IsLoopback()
}
