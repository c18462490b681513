package awsapi_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// script starts a server that reads requests and writes answer, byte for byte, to each; where last
// it then closes the connection. It counts the connections.
func script(t *testing.T, answer string, last bool) (url string, connections *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	connections = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for {
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, req.Body)
					_, _ = io.WriteString(c, answer)
					if last {
						return
					}
				}
			}()
		}
	}()
	return "http://" + l.Addr().String(), connections
}

func TestAnswersOfEachFormAreRead(t *testing.T) {
	static(t)
	for _, row := range []struct {
		name, answer string
		last         bool
		class        sink.Class // where it is no answer
		code         string
		connections  int64 // of two calls
	}{
		{name: "plain", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", connections: 1},
		{name: "chunked", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", connections: 1},
		{name: "an interim answer before", answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", connections: 1},
		{name: "announced to be the last", answer: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", connections: 2},
		{name: "ended by the connection", answer: "HTTP/1.1 200 OK\r\n\r\nok", last: true, connections: 2},
		{name: "HTTP/1.0", answer: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", connections: 2},
		{name: "followed by more", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", connections: 2},
		{name: "a long header", answer: "HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("x", 100_000) + "\r\nContent-Length: 2\r\n\r\nok", connections: 1},
		{name: "cut in the body", answer: "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", last: true, class: sink.Unknown, code: awsapi.CodeConnectionReset, connections: 2},
		{name: "cut in the header", answer: "HTTP/1.1 200 OK\r\nConte", last: true, class: sink.Unknown, code: awsapi.CodeConnectionReset, connections: 2},
		{name: "nothing", last: true, class: sink.Unknown, code: awsapi.CodeConnectionReset, connections: 2},
		{name: "no HTTP", answer: "220 mail.example.com ESMTP\r\n", class: sink.Unknown, code: awsapi.CodeConnectionReset, connections: 2},
		{name: "endless header", answer: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 4<<20), class: sink.Unknown, code: awsapi.CodeConnectionReset, connections: 2},
		{name: "endless body", answer: "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 4<<20), class: sink.Unknown, code: awsapi.CodeUnreadable, connections: 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			url, connections := script(t, row.answer, row.last)
			s := session(t, awsapi.SessionOptions{})
			target := awsapi.Target{Service: awsapi.SQS, Endpoint: url}
			keep, err := s.Client(target)
			if err != nil {
				t.Fatal(err)
			}
			defer keep.Release()
			for range 2 {
				f := call(t, s, target)
				switch {
				case row.code == "" && f != nil:
					t.Errorf("%v: %v", f.Code, f)
				case row.code != "" && (f == nil || f.Class != row.class || f.Code != row.code):
					t.Errorf("%+v, want %s", f, row.code)
				}
			}
			if n := connections.Load(); n != row.connections {
				t.Errorf("%d connections for two calls, want %d", n, row.connections)
			}
		})
	}
}

// TestAnEarlyAnswerCounts: a service may refuse a request without reading all of it.
func TestAnEarlyAnswerCounts(t *testing.T) {
	static(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = io.ReadFull(c, make([]byte, 1000))
		_, _ = io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 34\r\n\r\n"+`{"__type":"RequestEntityTooLarge"}`)
		c.Close() // with unread data, which resets the connection
	}()
	c, err := session(t, awsapi.SessionOptions{}).Client(awsapi.Target{Service: awsapi.SQS, Endpoint: "http://" + l.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	body := awsapi.NewBuffer()
	body.B = append(body.B, make([]byte, 16<<20)...)
	answer, failure := c.Do(t.Context(), operation, body)
	if failure != nil {
		t.Fatalf("%v: %v", failure.Code, failure)
	}
	defer answer.Release()
	if answer.Status != http.StatusRequestEntityTooLarge || !strings.Contains(string(answer.Body), "RequestEntityTooLarge") {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
}

// TestEndOfContextBreaksOffARequest: the end of a context breaks off a request whose answer is waited for.
func TestEndOfContextBreaksOffARequest(t *testing.T) {
	static(t)
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	c, err := session(t, awsapi.SessionOptions{Timeout: time.Hour}).Client(awsapi.Target{Service: awsapi.SQS, Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	body := awsapi.NewBuffer()
	body.B = append(body.B, "hello"...)
	_, failure := c.Do(ctx, operation, body)
	if failure == nil || failure.Class != sink.Unknown || failure.Code != awsapi.CodeCanceled {
		t.Errorf("%+v, want an unknown outcome", failure)
	}
}
