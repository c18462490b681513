package admin

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/config"
)

// ownHosts answers requests that name the listener by an IP address, by localhost, or by a name that the
// configuration has. A page in a browser of somebody inside could read the answers to any other: its own
// name, which for a moment leads here (DNS rebinding).
func ownHosts(cfg config.Admin, next http.Handler) http.Handler {
	listen, _, _ := net.SplitHostPort(cfg.Listen)
	names := []string{"localhost", plainHost(listen)}
	for _, name := range cfg.Hosts {
		names = append(names, plainHost(name))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = plainHost(host)
		// Browsers name a host always; probes that speak HTTP/1.0 do not.
		if _, err := netip.ParseAddr(host); err != nil && host != "" && !slices.Contains(names, host) {
			http.Error(w, fmt.Sprintf("the host %q is not one of admin.hosts; ask by the IP address, or add it there", r.Host), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// plainHost is a name or address as it compares.
func plainHost(host string) string {
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
