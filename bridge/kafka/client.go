package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/aws"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// dialTimeout bounds a connection by [Connection.Dial]: what the client allows its own dialer.
const dialTimeout = 10 * time.Second

// Connection is how brokers are reached.
type Connection struct {
	Brokers  []string
	ClientID string
	TLS      *TLS  // nil: plain text
	SASL     *SASL // nil: no authentication
	// Dial connects to an address; nil for the system's network. It is for plain text only.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// TLS names PEM files. They are read again for every connection, so that certificates can be
// renewed without a restart.
type TLS struct {
	CAFile, CertFile, KeyFile string
	ServerName                string
	InsecureSkipVerify        bool
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
	// AWS returns credentials for aws-msk-iam.
	AWS func(context.Context) (accessKey, secretKey, sessionToken string, err error)
}

// Options returns the client options of the connection. The error says which file can not be used.
func (c Connection) Options() ([]kgo.Opt, error) {
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.ClientID(c.ClientID),
		kgo.MetadataMaxAge(30 * time.Second), // how long a new partition or topic stays unseen
		kgo.MetadataMinAge(time.Second),
		// A broker that is restarting closes connections before it answers; by default the first
		// such end is taken for a TLS or SASL mistake and not retried.
		kgo.AlwaysRetryEOF(),
	}
	if c.TLS != nil {
		if _, err := c.TLS.config(); err != nil {
			return nil, err
		}
		opts = append(opts, kgo.DialTLSConfig(c.TLS.reloading()))
	} else if c.Dial != nil {
		opts = append(opts, kgo.Dialer(func(ctx context.Context, network, address string) (net.Conn, error) {
			limited, cancel := context.WithTimeout(ctx, dialTimeout)
			defer cancel()
			return c.Dial(limited, network, address)
		}))
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

// config reads the files.
func (t *TLS) config() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName, InsecureSkipVerify: t.InsecureSkipVerify} //nolint:gosec // the user's explicit choice
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("reading kafka.tls.ca_file: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("kafka.tls.ca_file %s holds no PEM certificate", t.CAFile)
		}
	}
	if t.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("reading kafka.tls.cert_file and key_file: %w", err)
		}
		cfg.Certificates = []tls.Certificate{cert}
	}
	return cfg, nil
}

// reloading returns a configuration that reads the files anew for every handshake.
func (t *TLS) reloading() *tls.Config {
	base := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName, InsecureSkipVerify: true} //nolint:gosec // VerifyConnection does it
	if t.CertFile != "" {
		base.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			cfg, err := t.config()
			if err != nil {
				return nil, err
			}
			return &cfg.Certificates[0], nil
		}
	}
	if !t.InsecureSkipVerify {
		// The verification that crypto/tls would do (see its example for VerifyConnection), with
		// the authorities as they are in the file now.
		base.VerifyConnection = func(s tls.ConnectionState) error {
			cfg, err := t.config()
			if err != nil {
				return err
			}
			opts := x509.VerifyOptions{Roots: cfg.RootCAs, DNSName: s.ServerName, Intermediates: x509.NewCertPool()}
			for _, c := range s.PeerCertificates[1:] {
				opts.Intermediates.AddCert(c)
			}
			_, err = s.PeerCertificates[0].Verify(opts)
			return err
		}
	}
	return base
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
		return oauth.Oauth(func(context.Context) (oauth.Auth, error) {
			token, err := s.Secret()
			return oauth.Auth{Token: token, Extensions: s.Extensions}, err
		}), nil
	case "aws-msk-iam":
		return aws.ManagedStreamingIAM(func(ctx context.Context) (aws.Auth, error) {
			access, secret, session, err := s.AWS(ctx)
			return aws.Auth{AccessKey: access, SecretKey: secret, SessionToken: session}, err
		}), nil
	default:
		return nil, fmt.Errorf("kafka.sasl.mechanism %q is not known", s.Mechanism)
	}
}

func (s *SASL) scram(context.Context) (scram.Auth, error) {
	pass, err := s.Secret()
	return scram.Auth{User: s.Username, Pass: pass}, err
}
