//go:build !unix

package awsapi

import "net"

// silent cannot look at a socket here: one that the far side has closed shows as a request
// of unknown outcome, which is sent again.
func silent(net.Conn) bool { return true }
