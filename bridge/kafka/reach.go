package kafka

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/internal/pause"
)

// Reach waits until a broker answers; false when ctx ends first. tried is told of each try, with nil of the last one.
// A try runs where begin has it run, and may go on beyond ctx, until the client is closed: with a dial that has begun, of
// one broker after the other.
func Reach(ctx context.Context, client *kgo.Client, begin func(func()), tried func(error)) bool {
	answers := make(chan error, 1)
	for range pause.Tries(ctx) {
		begin(func() {
			ping, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			answers <- client.Ping(ping)
		})
		var err error
		select {
		case err = <-answers:
		case <-ctx.Done():
			return false
		}
		if err != nil && ctx.Err() != nil {
			return false
		}
		if tried(err); err == nil {
			return true
		}
	}
	return false
}
