package sinktest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/quota"
)

// peerReply is the environment variable that makes a test binary a peer; it holds the answer.
const peerReply = "SLUICE_SINKTEST_PEER"

// Main runs a package's tests, or a peer where StartPeer started the binary for that. A package
// that uses StartPeer calls it from TestMain.
func Main(m *testing.M) {
	if body, ok := os.LookupEnv(peerReply); ok {
		err := servePeer(body)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// StartPeer starts a server in a process of its own that answers every request with the same
// success, so that a benchmark can tell the sender's CPU from the receiver's. It returns its URL;
// it ends with the benchmark.
func StartPeer(b *testing.B, reply Reply) string {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), peerReply+"="+reply.Body)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(address)
}

func servePeer(body string) error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	answer := []byte(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			for r := bufio.NewReaderSize(conn, 64<<10); readRequest(r) == nil; {
				if _, err := conn.Write(answer); err != nil {
					return
				}
			}
		}()
	}
}

// readRequest reads one HTTP request with a Content-Length to its end.
func readRequest(r *bufio.Reader) error {
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("content-length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return errors.New("no Content-Length")
	}
	_, err := io.CopyN(io.Discard, r, int64(length))
	return err
}

// BenchBatch is a full batch of messages with JSON bodies of about the given size in bytes, and the
// attributes the bridge attaches.
func BenchBatch(size int) []*message.Message {
	batch := make([]*message.Message, quota.Entries)
	for i := range batch {
		var body strings.Builder
		fmt.Fprintf(&body, `{"id":"order-%d","type":"order.paid","total":%d.50,"items":[`, i, 100+i)
		for n := 0; body.Len() < size-30; n++ {
			if n > 0 {
				body.WriteByte(',')
			}
			fmt.Fprintf(&body, `{"sku":"A-%04d","quantity":%d}`, n, n%7)
		}
		body.WriteString(`]}`)
		m := newMessage(body.String())
		m.Attributes = []message.Attribute{
			{Name: "correlation_id", Value: "4bf92f3577b34da6a3ce929d0e0e4736"},
			{Name: "kafka_topic", Value: "orders"},
			{Name: "kafka_position", Value: "3:" + strconv.Itoa(1234567+i)},
		}
		for _, a := range m.Attributes {
			m.Size += len(a.Name) + len("String") + len(a.Value)
		}
		batch[i] = m
	}
	return batch
}

// PerMessage runs call, which sends a full batch, on many goroutines and reports the process's CPU
// time and allocations for each message.
func PerMessage(b *testing.B, call func() error) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(16)
	if err := call(); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	before := processTime(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := call(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	spent := processTime(b) - before
	b.ReportMetric(float64(spent)/float64(b.N*quota.Entries), "cpu-ns/msg")
}

// processTime is the CPU time this process has used.
func processTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
