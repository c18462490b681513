package daemon

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
)

// While no broker answers, systemd hears what is wrong, and is asked for time.
func TestSystemdWaitsForBrokers(t *testing.T) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := new(net.ListenConfig).ListenPacket(t.Context(), "unixgram", path)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	cfg := loaded(t, `
kafka: {brokers: ["127.0.0.1:1"], group: g}
aws: {region: eu-west-1, endpoint: "http://127.0.0.1:1"}
destinations: {a: {sqs: a}}
rules: [{topics: [t], to: [a]}]
admin: {listen: ""}
`)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(Options{Log: zap.NewNop()}).Run(ctx, ctx, cfg) }()
	if err := socket.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, _, err := socket.ReadFrom(buf)
	if got := string(buf[:n]); err != nil || !strings.Contains(got, "STATUS=not ready: bridge: starting") || !strings.Contains(got, "EXTEND_TIMEOUT_USEC=60000000") {
		t.Errorf("%q %v", got, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What somebody else wrote is a part of the status, and no other word to systemd.
func TestStatusIsOneLine(t *testing.T) {
	t.Parallel()
	d := New(Options{Log: zap.NewNop()})
	d.board.Report("schema registry", "it says\nMAINPID=1\x1b[2J")
	if got := d.status(); strings.ContainsAny(got, "\n\x1b") || !strings.Contains(got, `it says\nMAINPID=1`) {
		t.Errorf("%q", got)
	}
}
