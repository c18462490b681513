package awsapi

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/proxy"
)

const (
	dialTimeout      = 5 * time.Second
	handshakeTimeout = 5 * time.Second
)

// dialer connects to the endpoint u as the transport would: by the same proxy, with the same TLS
// settings, but for HTTP/1.1 only.
func dialer(t *http.Transport, u *url.URL) func(context.Context) (*conn, error) {
	address := withPort(u)
	settings := t.TLSClientConfig.Clone()
	if settings.ServerName == "" {
		settings.ServerName = u.Hostname()
	}
	settings.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	return func(ctx context.Context) (*conn, error) {
		c, err := throughProxy(ctx, t, u, address)
		if err == nil && u.Scheme != "http" {
			c.Conn, err = handshake(ctx, c.Conn, settings)
		}
		if err != nil {
			return nil, err
		}
		return c, nil
	}
}

func throughProxy(ctx context.Context, t *http.Transport, u *url.URL, address string) (*conn, error) {
	var socket net.Conn
	dial := func(ctx context.Context, network, address string) (c net.Conn, err error) {
		socket, err = t.DialContext(ctx, network, address)
		return socket, err
	}
	c, err := through(ctx, t, u, address, dial)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, socket: socket, expires: time.Now().Add(lifetime())}, nil
}

func through(ctx context.Context, t *http.Transport, u *url.URL, address string, dial contextDialer) (net.Conn, error) {
	by, err := proxyFor(t, u)
	if err != nil {
		return nil, err
	}
	if by == nil {
		return dial(ctx, "tcp", address)
	}
	if by.Scheme == "socks5" || by.Scheme == "socks5h" {
		d, err := proxy.FromURL(by, dial)
		if err != nil {
			return nil, fmt.Errorf("proxy %s: %w", by.Redacted(), err)
		}
		return d.(proxy.ContextDialer).DialContext(ctx, "tcp", address)
	}
	if by.Scheme != "http" && by.Scheme != "https" {
		return nil, fmt.Errorf("proxy %s: only http, https and socks5 proxies are known", by.Redacted())
	}
	c, err := dial(ctx, "tcp", withPort(by))
	if err == nil && by.Scheme == "https" {
		c, err = handshake(ctx, c, &tls.Config{ServerName: by.Hostname(), RootCAs: t.TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS12})
	}
	if err != nil {
		return nil, fmt.Errorf("proxy %s: %w", by.Redacted(), err)
	}
	if err := tunnel(c, by, address); err != nil {
		c.Close()
		return nil, fmt.Errorf("proxy %s: %w", by.Redacted(), err)
	}
	return c, nil
}

func proxyFor(t *http.Transport, u *url.URL) (*url.URL, error) {
	if t.Proxy == nil {
		return nil, nil
	}
	return t.Proxy(&http.Request{URL: u})
}

// tunnel asks an HTTP proxy to connect on (RFC 9110, section 9.3.6).
func tunnel(c net.Conn, by *url.URL, address string) error {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if by.User != nil {
		password, _ := by.User.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(by.User.Username()+":"+password)))
	}
	if err := c.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return err
	}
	if err := req.Write(c); err != nil {
		return err
	}
	// The far side is silent until it is spoken to, so nothing is read beyond the answer.
	res, err := http.ReadResponse(bufio.NewReader(c), req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("it answers %s to CONNECT %s", res.Status, address)
	}
	return c.SetDeadline(time.Time{})
}

func handshake(ctx context.Context, c net.Conn, settings *tls.Config) (net.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	t := tls.Client(c, settings)
	if err := t.HandshakeContext(limited); err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}

func withPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// contextDialer is a dial function as the proxy package wants it.
type contextDialer func(ctx context.Context, network, address string) (net.Conn, error)

func (d contextDialer) Dial(network, address string) (net.Conn, error) {
	return d(context.Background(), network, address)
}

func (d contextDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d(ctx, network, address)
}
