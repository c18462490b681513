package awsapi

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// newTransport tunes the SDK's own transport, so that its proxy, TLS version, FIPS curves and
// AWS_CA_BUNDLE hold. It carries the look-ups; what carries messages dials by it. HTTP/1.1 only:
// SQS and SNS speak nothing else.
func newTransport(cfg aws.Config) *http.Transport {
	base, ok := cfg.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		base = awshttp.NewBuildableClient()
	}
	t := base.GetTransport()
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		limited, cancel := context.WithTimeout(ctx, dialTimeout)
		defer cancel()
		return dial(limited, network, address)
	}
	t.TLSHandshakeTimeout = handshakeTimeout
	t.DisableKeepAlives = false // which the session's own client has for credentials
	t.IdleConnTimeout = idleTimeout
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	// A transport that was cloned before has HTTP/2 in both of these, Protocols notwithstanding.
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.NextProtos = []string{"http/1.1"}
	return t
}
