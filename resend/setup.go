package resend

import (
	"context"
	"fmt"
	"net"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
)

// Setup says by which configuration messages are sent again, and how.
type Setup struct {
	Config *config.Config
	Log    *zap.Logger
	// Timeout is for how long Kafka may not answer, or a destination be broken, before a run gives up.
	Timeout time.Duration
	// Rate is the most messages a second; 0: as many as the destinations bear.
	Rate int
	// Dial connects to brokers, AWS and the schema registry; nil for the system's network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Connection returns how brokers are reached. It makes no request.
func (s *Setup) Connection(ctx context.Context) (kafka.Connection, error) {
	session, err := wiring.Session(ctx, s.Config, s.Dial)
	if err != nil {
		return kafka.Connection{}, err
	}
	c := wiring.Connection(s.Config, session)
	c.Dial = s.Dial
	return c, nil
}

// RequestError says that what was asked for cannot be, under this configuration or at all.
type RequestError struct{ text string }

// Refuse returns a RequestError.
func Refuse(format string, args ...any) RequestError {
	return RequestError{fmt.Sprintf(format, args...)}
}

// Error implements error.
func (e RequestError) Error() string { return e.text }
