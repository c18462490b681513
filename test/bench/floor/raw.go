package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/twmb/franz-go/pkg/kgo"
)

// wire is how a service wants its requests.
type wire interface {
	service() string
	headers() http.Header
	// append appends the body of a request.
	append(b []byte, target string, batch []*kgo.Record) []byte
	// failed returns the positions of the entries that an answer says were not taken.
	failed(answer []byte) ([]int, error)
}

// raw sends by net/http what it builds and signs itself.
type raw struct {
	s       settings
	wire    wire
	keys    aws.Credentials
	signer  *v4.Signer
	client  http.RoundTripper
	buffers sync.Pool
	answers sync.Pool
}

func newRaw(s settings, w wire) *raw {
	transport := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*s.inFlight, 2*s.inFlight
		t.DisableCompression, t.ForceAttemptHTTP2 = true, false
	})
	if bundle := os.Getenv("AWS_CA_BUNDLE"); bundle != "" {
		if cfg, err := config.LoadDefaultConfig(context.Background(), config.WithHTTPClient(transport)); err == nil {
			transport = cfg.HTTPClient.(*awshttp.BuildableClient)
		}
	}
	return &raw{
		s: s, wire: w, signer: v4.NewSigner(), client: transport.GetTransport(),
		keys:    aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")},
		buffers: sync.Pool{New: func() any { return new([]byte) }},
		answers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
}

func (r *raw) send(ctx context.Context, batch []*kgo.Record) error {
	for {
		failed, err := r.try(ctx, batch)
		switch {
		case err != nil:
			// Sent again as a whole.
		case len(failed) == 0:
			return nil
		default:
			again := make([]*kgo.Record, len(failed))
			for i, at := range failed {
				again[i] = batch[at]
			}
			batch = again
		}
		time.Sleep(pause)
	}
}

// try makes one request and returns the positions of the entries to send again.
func (r *raw) try(ctx context.Context, batch []*kgo.Record) ([]int, error) {
	buffer := r.buffers.Get().(*[]byte)
	*buffer = r.wire.append((*buffer)[:0], r.s.target, batch)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.s.endpoint+"/", bytes.NewReader(*buffer))
	if err != nil {
		return nil, err
	}
	for name, values := range r.wire.headers() {
		req.Header[name] = values
	}
	sum := sha256.Sum256(*buffer)
	if err := r.signer.SignHTTP(ctx, r.keys, req, hex.EncodeToString(sum[:]), r.wire.service(), r.s.region, time.Now()); err != nil {
		return nil, err
	}
	res, err := r.client.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer := r.answers.Get().(*bytes.Buffer)
	defer r.answers.Put(answer)
	answer.Reset()
	if _, err := io.Copy(answer, res.Body); err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s: %s", res.Status, answer)
	}
	r.buffers.Put(buffer)
	return r.wire.failed(answer.Bytes())
}
