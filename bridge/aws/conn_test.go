package awsapi

import (
	"bufio"
	"bytes"
	"crypto/tls"
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

// hello is a request that exchange can write.
func hello() *Buffer {
	return &Buffer{B: []byte("hello"), head: []byte("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n")}
}

// answering reads a request from a connection and writes an answer to it.
func answering(c net.Conn, answer string) {
	if req, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
		_, _ = io.Copy(io.Discard, req.Body)
		_, _ = io.WriteString(c, answer)
	}
}

// A connection is used again only after an answer that was read to its end and is the service's.
func TestConnectionIsReusableAfterAWholeAnswerOnly(t *testing.T) {
	for name, c := range map[string]struct {
		answer   string
		reusable bool
	}{
		"a success":                   {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true},
		"an error of the service":     {"HTTP/1.1 400 Bad Request\r\nX-Amzn-RequestId: 1\r\nContent-Length: 2\r\n\r\n{}", true},
		"an error of a load balancer": {"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", false},
		"half an answer":              {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok", false},
		"half a head":                 {"HTTP/1.1 200 OK\r\nContent-", false},
		"a chunk that is none":        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", false},
		"too much":                    {"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat("x", 2_000_000), false},
	} {
		t.Run(name, func(t *testing.T) {
			near, far := tcp(t)
			go answering(far, c.answer)
			wait := 20 * time.Second
			if strings.HasPrefix(name, "half") {
				wait = 100 * time.Millisecond
			}
			if _, reusable, err := exchange(t.Context(), near, time.Now().Add(wait), hello()); reusable != c.reusable {
				t.Errorf("reusable %v: %v", reusable, err)
			}
		})
	}
}

// corked holds back what is written until it is let go, so that it comes in one piece.
type corked struct {
	net.Conn
	held bytes.Buffer
	cork bool
}

func (c *corked) Write(p []byte) (int, error) {
	if c.cork {
		return c.held.Write(p)
	}
	return c.Conn.Write(p)
}

// What nobody asked for is noticed wherever it is: in the socket, or read ahead by what is above it.
func TestAnswersNobodyAskedForAreNoticed(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	const ok, unasked = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
	proxy := "socks5://" + socks(t)
	for name, c := range map[string]struct{ scheme, proxy, more string }{
		"TLS":                        {"https", "", unasked},
		"TLS, nothing unasked":       {"https", "", ""},
		"SOCKS":                      {"http", proxy, unasked},
		"SOCKS, nothing unasked":     {"http", proxy, ""},
		"TLS over SOCKS":             {"https", proxy, unasked},
		"TLS over SOCKS and no more": {"https", proxy, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				raw, err := l.Accept()
				if err != nil {
					return
				}
				held := &corked{Conn: raw}
				far := net.Conn(held)
				if c.scheme == "https" {
					far = tls.Server(held, &tls.Config{Certificates: secure.TLS.Certificates})
				}
				for r := bufio.NewReader(far); ; {
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, req.Body)
					held.cork = true
					_, _ = io.WriteString(far, ok) // in a TLS record of its own
					_, _ = io.WriteString(far, c.more)
					held.cork = false
					_, _ = raw.Write(held.held.Bytes())
					held.held.Reset()
				}
			}()
			transport := newTransport(aws.Config{})
			transport.TLSClientConfig.RootCAs = secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			transport.TLSClientConfig.ServerName = "example.com"
			transport.Proxy = nil
			if c.proxy != "" {
				by, _ := url.Parse(c.proxy)
				transport.Proxy = http.ProxyURL(by)
			}
			near, err := dialer(transport, &url.URL{Scheme: c.scheme, Host: l.Addr().String()})(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer near.Close()
			for range 3 { // looking at a connection leaves it as it is
				_, reusable, err := exchange(t.Context(), near, time.Now().Add(20*time.Second), hello())
				if err != nil {
					t.Fatal(err)
				}
				if use := reusable && near.quiet(); use != (c.more == "") {
					t.Fatalf("to be used again: %v", use)
				}
				if c.more != "" {
					return
				}
			}
		})
	}
}
