package kafka

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// Connection is how brokers are reached.
type Connection struct {
	Brokers  []string
	ClientID string
	SASL     *SASL // nil: no authentication
	// TLS returns the configuration of TLS; nil for plain text. It is asked for every connection, so
	// that certificates can be renewed without a restart.
	TLS func() (*tls.Config, error)
	// Dial connects to an address; nil for the system's network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// DialTimeout bounds a connection, its handshake of TLS included; zero for 10 s.
	DialTimeout time.Duration
}

// SASL authenticates to brokers.
type SASL struct {
	// Mechanism is plain, scram-sha-256, scram-sha-512, oauthbearer or aws-msk-iam.
	Mechanism string
	Username  string
	// Secret returns the password, or the token for oauthbearer. It is asked for every
	// authentication, so that secrets can rotate.
	Secret func() (string, error)
	// Extensions are sent with an oauthbearer token (RFC 7628).
	Extensions map[string]string
	// AWS returns the message for aws-msk-iam by which a broker of that host name lets this client in.
	AWS func(ctx context.Context, host string) ([]byte, error)
}

// Options returns the client options of the connection. The error says which file cannot be used.
func (c Connection) Options() ([]kgo.Opt, error) {
	if c.TLS != nil {
		if _, err := c.TLS(); err != nil {
			return nil, err
		}
	}
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.ClientID(c.ClientID),
		kgo.Dialer(c.dial),
		kgo.MetadataMaxAge(30 * time.Second), // how long a new partition or topic stays unseen
		kgo.MetadataMinAge(time.Second),
		// A broker that is restarting closes connections before it answers; by default the first
		// such end is taken for a TLS or SASL mistake and not retried.
		kgo.AlwaysRetryEOF(),
	}
	if c.SASL != nil {
		m, err := c.SASL.mechanism()
		if err != nil {
			return nil, err
		}
		opts = append(opts, kgo.SASL(m))
	}
	return opts, nil
}

// Client returns a client of the connection, with further options.
func (c Connection) Client(more ...kgo.Opt) (*kgo.Client, error) {
	opts, err := c.Options()
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(append(opts, more...)...)
	if err != nil {
		return nil, fmt.Errorf("setting up the Kafka client: %w", err)
	}
	return client, nil
}

func (s *SASL) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "plain":
		return plain.Plain(func(context.Context) (plain.Auth, error) {
			pass, err := s.Secret()
			return plain.Auth{User: s.Username, Pass: pass}, err
		}), nil
	case "scram-sha-256":
		return scram.Sha256(s.scram), nil
	case "scram-sha-512":
		return scram.Sha512(s.scram), nil
	case "oauthbearer":
		return refusing{oauth.Oauth(func(context.Context) (oauth.Auth, error) {
			token, err := s.Secret()
			return oauth.Auth{Token: token, Extensions: s.Extensions}, err
		})}, nil
	case "aws-msk-iam":
		return mskIAM(s.AWS), nil
	default:
		return nil, fmt.Errorf("kafka.sasl.mechanism %q is not known", s.Mechanism)
	}
}

func (s *SASL) scram(context.Context) (scram.Auth, error) {
	pass, err := s.Secret()
	return scram.Auth{User: s.Username, Pass: pass}, err
}
