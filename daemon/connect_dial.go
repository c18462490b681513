package daemon

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/aws"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// newProbe returns a client that belongs to no group and gives up soon: what the bridge waits out
// is what a check is to tell of.
func newProbe(c kafka.Connection, timeout time.Duration) (*kgo.Client, error) {
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.ClientID(c.ClientID),
		kgo.DialTimeout(timeout),
		kgo.RequestRetries(2 * len(c.Brokers)), // each retry asks another broker
		kgo.RetryBackoffFn(func(int) time.Duration { return 100 * time.Millisecond }),
		kgo.RetryTimeout(timeout),
		kgo.RequestTimeoutOverhead(max(timeout, 100*time.Millisecond)), // the client takes no less
	}
	if c.TLS != nil {
		cfg, err := probeTLS(c.TLS)
		if err != nil {
			return nil, err
		}
		opts = append(opts, kgo.DialTLSConfig(cfg))
	}
	if c.SASL != nil {
		m, err := probeSASL(c.SASL)
		if err != nil {
			return nil, err
		}
		opts = append(opts, kgo.SASL(m))
	}
	return kgo.NewClient(opts...)
}

func probeTLS(t *kafka.TLS) (*tls.Config, error) {
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

func probeSASL(s *kafka.SASL) (sasl.Mechanism, error) {
	password := func(context.Context) (scram.Auth, error) {
		pass, err := s.Secret()
		return scram.Auth{User: s.Username, Pass: pass}, err
	}
	switch s.Mechanism {
	case "plain":
		return plain.Plain(func(context.Context) (plain.Auth, error) {
			pass, err := s.Secret()
			return plain.Auth{User: s.Username, Pass: pass}, err
		}), nil
	case "scram-sha-256":
		return scram.Sha256(password), nil
	case "scram-sha-512":
		return scram.Sha512(password), nil
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
	}
	return nil, fmt.Errorf("kafka.sasl.mechanism %q is not known", s.Mechanism)
}
