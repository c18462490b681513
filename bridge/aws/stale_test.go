package awsapi

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// After a middlebox has forgotten all connections, one request finds out, and not each connection anew.
func TestOneTimeoutClosesAllStaleConnections(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var forgotten atomic.Int64 // connections up to this one get no answer any more
	var made atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answer(c, made.Add(1), &forgotten)
		}
	}()
	session, err := NewSession(t.Context(), SessionOptions{Region: "eu-west-1", Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	client, err := session.Client(Target{Service: SQS, Region: "eu-west-1", Endpoint: "http://" + l.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Release()
	op := NewOperation("text/plain")
	var idle []*conn
	for range 3 {
		c, err := client.pool.dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, c)
	}
	for _, c := range idle {
		client.pool.put(c)
	}
	send := func(timeout time.Duration) bool {
		ctx, cancel := context.WithTimeout(t.Context(), timeout) // as a lane has it
		defer cancel()
		a, failure := client.Do(ctx, op, NewBuffer())
		if failure != nil {
			return false
		}
		a.Release()
		return true
	}
	if !send(time.Minute) {
		t.Fatal("no answer on a live connection")
	}
	forgotten.Store(3)
	if send(100 * time.Millisecond) {
		t.Fatal("an answer on a dead connection")
	}
	if !send(10*time.Second) || made.Load() != 4 {
		t.Errorf("the next request went on a dead connection; %d connections were made", made.Load())
	}
}

func answer(c net.Conn, number int64, forgotten *atomic.Int64) {
	defer c.Close()
	for r := bufio.NewReader(c); ; {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		if number <= forgotten.Load() {
			continue
		}
		if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); err != nil {
			return
		}
	}
}
