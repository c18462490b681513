package awsapi

import (
	"crypto/tls"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	dialTimeout      = 5 * time.Second
	handshakeTimeout = 5 * time.Second
	// idleTimeout closes a connection before the far side is likely to: a request written to a
	// connection just closed there has an unknown outcome.
	idleTimeout = 45 * time.Second
	// writeBuffer lets a usual request leave in one system call.
	writeBuffer = 16 << 10
	readBuffer  = 4 << 10
)

// newTransport tunes the SDK's own transport, so that its proxy, TLS version, FIPS curves and
// AWS_CA_BUNDLE hold. HTTP/1.1 only: SQS and SNS speak nothing else, and a request that shares no
// connection shares no fate. No compression, as answers are small.
func newTransport(cfg aws.Config, connections int) *http.Transport {
	base, ok := cfg.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		base = awshttp.NewBuildableClient()
	}
	t := base.GetTransport()
	dialer := base.GetDialer()
	dialer.Timeout = dialTimeout
	t.DialContext = dialer.DialContext
	t.TLSHandshakeTimeout = handshakeTimeout
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = connections
	t.MaxConnsPerHost = 0 // concurrency is the lane's to limit
	t.IdleConnTimeout = idleTimeout
	t.DisableCompression = true
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	// A transport that was cloned before has HTTP/2 in both of these, Protocols notwithstanding.
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.NextProtos = []string{"http/1.1"}
	t.WriteBufferSize = writeBuffer
	t.ReadBufferSize = readBuffer
	return t
}
