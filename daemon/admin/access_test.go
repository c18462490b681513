package admin

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
)

// A page of the web cannot read the answers by way of a name of its own that leads here.
func TestAdminAnswersToItsNames(t *testing.T) {
	t.Parallel()
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	h := ownHosts(config.Admin{Listen: "admin.internal:9600", Hosts: []string{"Bridge.internal"}}, ok)
	for host, want := range map[string]int{
		"127.0.0.1:9600": http.StatusOK, "10.1.2.3": http.StatusOK, "[::1]:9600": http.StatusOK, "[fd00::1]": http.StatusOK, "": http.StatusOK,
		"localhost": http.StatusOK, "LOCALHOST:9600": http.StatusOK, "bridge.internal.:9600": http.StatusOK, "admin.internal": http.StatusOK,
		"rebind.attacker.example": http.StatusMisdirectedRequest, "rebind.attacker.example:9600": http.StatusMisdirectedRequest,
		"127.0.0.1.attacker.example": http.StatusMisdirectedRequest, "localhost.attacker.example": http.StatusMisdirectedRequest,
		"x.bridge.internal": http.StatusMisdirectedRequest, "127.0.0.1:9600:1": http.StatusMisdirectedRequest,
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/readyz", nil)
		r.Host = host
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", host, w.Code, want)
		}
	}
}

// Whoever holds connections keeps neither probes out, nor file descriptors from Kafka and AWS.
func TestAdminConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	server.Config = newServer(zap.NewNop(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	server.Start()
	t.Cleanup(server.Close)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	ask := func(c net.Conn) {
		t.Helper()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if res, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res, err)
		}
	}
	var held []net.Conn
	for i := range 3 * maxConns {
		c := dial()
		if i%2 == 0 { // the others say nothing at all
			ask(c)
		}
		held = append(held, c)
	}
	ask(dial())
	ended := make(chan error, len(held))
	for _, c := range held {
		go func() {
			_, err := c.Read(make([]byte, 1<<10))
			ended <- err
		}()
	}
	for range len(held) + 1 - maxConns {
		if err := <-ended; err != io.EOF {
			t.Fatalf("more connections are kept: %v", err)
		}
	}
	if s := server.Config; s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 {
		t.Error("a connection may take for ever")
	}
}
