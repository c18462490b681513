package awsapi

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// connectProxy is an HTTP proxy that knows CONNECT, for one user.
func connectProxy(w http.ResponseWriter, r *http.Request) {
	if name, password, ok := proxyAuth(r); !ok || name != "user" || password != "secret" {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	far, err := net.Dial("tcp", r.Host)
	if r.Method != http.MethodConnect || err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	splice(near, far)
}

func proxyAuth(r *http.Request) (name, password string, ok bool) {
	return (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth()
}

func splice(a, b net.Conn) {
	go func() { _, _ = io.Copy(a, b); a.Close() }()
	go func() { _, _ = io.Copy(b, a); b.Close() }()
}

// socks is a SOCKS5 proxy (RFC 1928) without authentication, for host names and IPv4.
func socks(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 10)
			_, _ = io.ReadFull(c, b[:3])
			_, _ = c.Write([]byte{5, 0})
			_, _ = io.ReadFull(c, b) // CONNECT, IPv4
			far, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: b[4:8], Port: int(b[8])<<8 | int(b[9])})
			if err != nil {
				c.Close()
				continue
			}
			_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
			splice(c, far)
		}
	}()
	return l.Addr().String()
}

func TestConnectionsGoThroughProxies(t *testing.T) {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	plain := httptest.NewServer(ok)
	defer plain.Close()
	secure := httptest.NewTLSServer(ok)
	defer secure.Close()
	proxy := httptest.NewServer(http.HandlerFunc(connectProxy))
	defer proxy.Close()
	secureProxy := httptest.NewTLSServer(http.HandlerFunc(connectProxy))
	defer secureProxy.Close()
	withUser := func(u string) string { return strings.Replace(u, "://", "://user:secret@", 1) }
	for _, row := range []struct{ name, proxy, fails string }{
		{"none", "", ""},
		{"HTTP", withUser(proxy.URL), ""},
		{"HTTPS", withUser(secureProxy.URL), ""},
		{"SOCKS", "socks5://" + socks(t), ""},
		{"wrong password", proxy.URL, "407 Proxy Authentication Required"},
		{"nobody there", "http://127.0.0.1:1", "connection refused"},
		{"unknown kind", "ftp://127.0.0.1:1", "ftp"},
	} {
		for _, endpoint := range []string{plain.URL, secure.URL} {
			u, _ := url.Parse(endpoint)
			t.Run(row.name+" to "+u.Scheme, func(t *testing.T) {
				transport := newTransport(aws.Config{})
				transport.TLSClientConfig.RootCAs = secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
				transport.Proxy = nil
				if row.proxy != "" {
					by, err := url.Parse(row.proxy)
					if err != nil {
						t.Fatal(err)
					}
					transport.Proxy = http.ProxyURL(by)
				}
				c, err := dialer(transport, u)(t.Context())
				if row.fails != "" {
					if err == nil || !strings.Contains(err.Error(), row.fails) || strings.Contains(err.Error(), "secret") {
						t.Errorf("%v, want %s", err, row.fails)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				request := &Buffer{B: []byte("hello"), head: []byte("POST / HTTP/1.1\r\nhost: " + u.Host + "\r\ncontent-length: 5\r\n\r\n")}
				a, reusable, err := exchange(t.Context(), c, time.Now().Add(20*time.Second), request)
				if err != nil || string(a.Body) != "ok" || !reusable {
					t.Errorf("%v, reusable %v", err, reusable)
				}
			})
		}
	}
}

func TestAddressesGetThePortOfTheirScheme(t *testing.T) {
	for in, want := range map[string]string{
		"https://sqs.eu-west-1.amazonaws.com/": "sqs.eu-west-1.amazonaws.com:443",
		"http://localhost/":                    "localhost:80",
		"http://[::1]:4566/":                   "[::1]:4566",
		"https://[::1]/":                       "[::1]:443",
	} {
		if u, err := url.Parse(in); err != nil || withPort(u) != want {
			t.Errorf("%s: %v, want %s", in, withPort(u), want)
		}
	}
}
