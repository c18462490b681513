package kafkatest

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
)

// Silent is the dialer of a network whose brokers take connections and say nothing.
func Silent(context.Context, string, string) (net.Conn, error) {
	clients, brokers := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, brokers) }() // until the client closes its end
	return clients, nil
}

// EndsWithContext fails the test unless what asks silent brokers ends with its context, in no time. It is for a bubble of
// synctest.
func EndsWithContext(t *testing.T, asks func(ctx context.Context)) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		asks(ctx)
	}()
	synctest.Wait() // it has asked
	stop()
	synctest.Wait()
	select {
	case <-ended:
	default:
		t.Error("it waits for the broker's answer")
		<-ended
	}
}
