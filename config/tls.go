package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// TLS is the encryption of connections to the brokers. Load fills Enabled in where any other key
// is set, and resolves relative paths against the directory of the configuration file.
type TLS struct {
	Enabled            bool   `key:"enabled" doc:"Turns TLS on with the system's certificates; not needed if another key is set. false turns it off, and allows credentials in clear text."`
	CAFile             string `key:"ca_file" doc:"PEM file of the authorities to trust, instead of the system's."`
	CertFile           string `key:"cert_file" doc:"PEM file of the client certificate."`
	KeyFile            string `key:"key_file" doc:"PEM file of the client certificate's key."`
	ServerName         string `key:"server_name" doc:"The name to expect in the brokers' certificates, if it is not the host name or address of the connection."`
	InsecureSkipVerify bool   `key:"insecure_skip_verify" doc:"Accepts any certificate. For trials only."`
}

// Config builds what a TLS client takes, or nil where TLS is off. It reads the files anew, so
// certificates that were renewed take effect.
func (t TLS) Config() (*tls.Config, error) {
	if !t.Enabled {
		return nil, nil
	}
	out := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         t.ServerName,
		InsecureSkipVerify: t.InsecureSkipVerify, //nolint:gosec // asked for by its name, and warned of.
	}
	var err error
	if t.CAFile != "" {
		if out.RootCAs, err = readAuthorities(t.CAFile); err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
	}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("cert_file and key_file: %w", err)
		}
		out.Certificates = []tls.Certificate{pair}
	}
	return out, nil
}

func readAuthorities(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New(excerpt.Cause(err))
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("it holds no certificate in PEM")
	}
	return pool, nil
}

func (t *TLS) check(c *checker, at string) {
	if t.CAFile != "" || t.CertFile != "" || t.KeyFile != "" || t.ServerName != "" || t.InsecureSkipVerify {
		t.Enabled = t.Enabled || !c.Has(at+".enabled")
		if !t.Enabled {
			c.Warnf(at+".enabled", "TLS is off, and the other keys here have no effect; remove enabled: false, or those")
		}
	}
	t.CAFile, t.CertFile, t.KeyFile = beside(c.dir, t.CAFile), beside(c.dir, t.CertFile), beside(c.dir, t.KeyFile)
	if t.InsecureSkipVerify {
		c.Warnf(at+".insecure_skip_verify", "any certificate is accepted, so anybody can pose as the broker; trust an authority with ca_file instead")
	}
	if t.CAFile != "" {
		if _, err := readAuthorities(t.CAFile); err != nil {
			c.Addf(at+".ca_file", "the certificates cannot be read (%s); correct the path or the file", err)
		}
	}
	switch {
	case t.CertFile != "" && t.KeyFile == "":
		c.Addf(at+".cert_file", "a client certificate needs its key; add key_file")
	case t.CertFile == "" && t.KeyFile != "":
		c.Addf(at+".key_file", "a key needs its client certificate; add cert_file")
	case t.CertFile != "":
		c.checkOpen(at+".key_file", t.KeyFile)
		if _, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile); err != nil {
			c.Addf(at+".cert_file", "the client certificate cannot be used (%s); correct cert_file or key_file", err)
		}
	}
}
