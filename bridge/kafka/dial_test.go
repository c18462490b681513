package kafka

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A dialer of one's own has to answer as soon as the client's has to: what waits for a connection holds up all
// other requests to that broker.
func TestDialIsBounded(t *testing.T) {
	t.Parallel()
	bounded := make(chan bool, 1)
	opts, err := Connection{Brokers: []string{"127.0.0.1:9"}, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		_, ok := ctx.Deadline()
		select {
		case bounded <- ok:
		default:
		}
		return nil, errors.New("unreachable")
	}}.Options()
	if err != nil {
		t.Fatal(err)
	}
	c, err := kgo.NewClient(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ctx, cancel := context.WithCancel(t.Context()) // without a deadline
	go func() { _ = c.Ping(ctx) }()
	if !<-bounded {
		t.Error("the dialer may take for ever")
	}
	cancel()
}
