package kafka

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/sluice-bridge/sluice/fake"
)

// The certificate has to be for the address that is dialled, be it a name or an IP address, a seed or
// one that a broker advertises: the password goes to whoever has it.
func TestCertificateIsForWhatIsDialled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		dns, ips   []string
		seed       string // the embedded brokers advertise 127.0.0.1
		serverName string
		trusted    bool
	}{
		{"an address", nil, []string{"127.0.0.1"}, "127.0.0.1", "", true},
		{"an address, certificate for a name", []string{"evil.example"}, nil, "127.0.0.1", "", false},
		{"an address, certificate for another", nil, []string{"127.0.0.2"}, "127.0.0.1", "", false},
		{"an address, name expected", []string{"broker.example"}, nil, "127.0.0.1", "broker.example", true},
		{"an address, another expected", nil, []string{"127.0.0.1"}, "127.0.0.1", "10.0.0.1", false},
		{"a name", []string{"localhost"}, []string{"127.0.0.1"}, "localhost", "", true},
		{"a name, certificate for another", []string{"evil.example"}, []string{"127.0.0.1"}, "localhost", "", false},
		{"a name, advertised address", []string{"localhost"}, nil, "localhost", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cert, roots := certificate(t, tt.dns, tt.ips)
			k, err := fake.StartKafka(fake.KafkaOptions{
				Topics: map[string]int32{"t": 1},
				Extra:  []kfake.Opt{kfake.TLS(&tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})},
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(k.Close)
			c := Connection{
				Brokers: []string{strings.Replace(k.Addresses()[0], "127.0.0.1", tt.seed, 1)},
				TLS: func() (*tls.Config, error) {
					return &tls.Config{RootCAs: roots, ServerName: tt.serverName, MinVersion: tls.VersionTLS12}, nil
				},
			}
			err = LookUp(t.Context(), c, 10*time.Second, func(ctx context.Context, admin *kadm.Client) error {
				_, err := admin.ListEndOffsets(ctx, "t") // of the leader, as it is advertised
				return err
			})
			var refused *tls.CertificateVerificationError
			if tt.trusted != (err == nil) || !tt.trusted && !errors.As(err, &refused) {
				t.Errorf("trusted: %v, got %v", tt.trusted, err)
			}
		})
	}
}

// What TLS is made of is asked for with every connection, since files may have been renewed.
func TestRenewedCertificatesAreTaken(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t, nil, []string{"127.0.0.1"})
	server, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		for {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			go func() { _ = conn.(*tls.Conn).Handshake(); conn.Close() }()
		}
	}()
	var trusted atomic.Pointer[x509.CertPool]
	trusted.Store(x509.NewCertPool())
	c := Connection{TLS: func() (*tls.Config, error) {
		return &tls.Config{RootCAs: trusted.Load(), MinVersion: tls.VersionTLS12}, nil
	}}
	dial := func() error {
		conn, err := c.dial(context.Background(), "tcp", server.Addr().String())
		if err == nil {
			conn.Close()
		}
		return err
	}
	if dial() == nil {
		t.Error("nobody's certificate is trusted")
	}
	trusted.Store(roots)
	if err := dial(); err != nil {
		t.Error(err)
	}
}

// certificate makes one that is signed by an authority of its own.
func certificate(t *testing.T, names, ips []string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: names, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	for _, ip := range ips {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(ip))
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
