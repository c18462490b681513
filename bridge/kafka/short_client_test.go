package kafka

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// silence connects to brokers that never say a word.
func silence(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, far) }()
	return near, nil
}

// A client that is made for one purpose ends with its context, also where a connection is being made: whoever stops
// would wait for its timeouts.
func TestShortClientsEndWithTheirContext(t *testing.T) {
	c := Connection{Brokers: []string{"127.0.0.1:9092"}, Dial: silence}
	ask := func(ctx context.Context, admin *kadm.Client) error {
		_, err := admin.BrokerMetadata(ctx)
		return err
	}
	for name, use := range map[string]func(context.Context) error{
		"LookUp": func(ctx context.Context) error { return LookUp(ctx, c, time.Minute, ask) },
		"WithAdmin": func(ctx context.Context) error {
			return WithAdmin(ctx, c, func(a *kadm.Client) error { return ask(ctx, a) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began := time.Now()
				if err := use(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the error is %v", err)
				}
				if took := time.Since(began); took != time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}
