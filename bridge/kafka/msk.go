package kafka

import (
	"context"
	"fmt"
	"net"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/sasl"
)

// mskIAM is the mechanism AWS_MSK_IAM: one message, which the broker answers where it lets the client in.
type mskIAM func(ctx context.Context, host string) ([]byte, error)

// Name implements sasl.Mechanism.
func (mskIAM) Name() string { return "AWS_MSK_IAM" }

// Authenticate implements sasl.Mechanism.
func (m mskIAM) Authenticate(ctx context.Context, address string) (sasl.Session, []byte, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, nil, err
	}
	message, err := m(ctx, host)
	return mskSession{}, message, err
}

type mskSession struct{}

// Challenge implements sasl.Session.
func (mskSession) Challenge(answer []byte) (bool, []byte, error) {
	if len(answer) == 0 {
		return false, nil, fmt.Errorf("the broker does not answer the login by IAM: %w", kerr.SaslAuthenticationFailed)
	}
	return true, nil, nil
}
