package kafka

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"time"
)

// dialTimeout is what the client allows its own dialer.
const dialTimeout = 10 * time.Second

// dial connects to a broker, by TLS where that is on.
func (c Connection) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.DialTimeout, dialTimeout))
	defer cancel()
	dial := c.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, network, address)
	if err != nil || c.TLS == nil {
		return conn, err
	}
	secured, err := c.handshake(ctx, conn, address)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return secured, nil
}

// handshake makes a connection to an address one of TLS. Seed brokers and those that they advertise
// come this way alike: crypto/tls verifies that the certificate is for the name, or IP address, that
// was dialled.
func (c Connection) handshake(ctx context.Context, conn net.Conn, address string) (*tls.Conn, error) {
	cfg, err := c.TLS()
	if err != nil {
		return nil, err
	}
	if cfg.ServerName == "" {
		if cfg.ServerName, _, err = net.SplitHostPort(address); err != nil {
			return nil, err
		}
	}
	secured := tls.Client(conn, cfg)
	return secured, secured.HandshakeContext(ctx)
}
