package kafka_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// A client that is made for one purpose ends with its context, also where a connection is being made: whoever stops
// would wait for its timeouts.
func TestShortClientsEndWithTheirContext(t *testing.T) {
	c := kafka.Connection{Brokers: []string{"127.0.0.1:9092"}, Dial: kafkatest.Silent}
	ask := func(ctx context.Context, admin *kadm.Client) error {
		_, err := admin.BrokerMetadata(ctx)
		return err
	}
	for name, use := range map[string]func(context.Context) error{
		"LookUp": func(ctx context.Context) error { return kafka.LookUp(ctx, c, time.Minute, ask) },
		"WithAdmin": func(ctx context.Context) error {
			return kafka.WithAdmin(ctx, c, func(a *kadm.Client) error { return ask(ctx, a) })
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
