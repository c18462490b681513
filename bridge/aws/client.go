package awsapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Client signs and sends requests to one service in one region as one identity. It never retries
// and is safe for concurrent use.
type Client struct {
	// SQS or SNS is the SDK's client for look-ups: the one of the target's service, on the same
	// transport and credentials, retries off.
	SQS *sqs.Client
	SNS *sns.Client

	session     *Session
	target      Target
	refs        int // guarded by session.mu
	url         *url.URL
	transport   *http.Transport // of the look-ups
	pool        *pool
	credentials *credentials
	signer      *signer
	clock       clock
	timeout     time.Duration
}

// Operation is the fixed part of a request's headers.
type Operation struct {
	fields []field
}

// NewOperation takes a content type and further headers in pairs of name and value.
func NewOperation(contentType string, pairs ...string) *Operation {
	op := &Operation{fields: []field{newField("Content-Type", contentType)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		op.fields = append(op.fields, newField(pairs[i], pairs[i+1]))
	}
	return op
}

// newClient builds a client. s.mu is held.
func (s *Session) newClient(t Target) (*Client, error) {
	by, err := s.identify(t.Identity, t.Region)
	if err != nil {
		return nil, err
	}
	transport := newTransport(s.config)
	c := &Client{
		session:     s,
		target:      t,
		transport:   transport,
		credentials: by,
		timeout:     s.options.Timeout,
	}
	u, err := c.connect(s.config, t, &http.Client{
		Transport:     transport,
		Timeout:       s.options.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	if err != nil {
		return nil, err
	}
	c.url, c.signer = u, newSigner(t.Service, t.Region, u)
	c.pool = &pool{dial: dialer(transport, u)}
	return c, nil
}

// Endpoint is the base URL requests go to, with a trailing slash.
func (c *Client) Endpoint() string { return c.url.String() }

// Region is the region requests are signed for.
func (c *Client) Region() string { return c.target.Region }

// Release gives the client back; the last one closes its idle connections.
func (c *Client) Release() { c.session.release(c) }

// Do signs body and sends it once. It takes over body, blocks until the answer is read or ctx or
// the session's timeout ends, and never follows a redirect.
//
// The Answer, whatever its status, is the caller's to Release. A failure means that there is no
// answer: Credentials where none could be had, Transient where nothing was written, Unknown where
// something may have been, Configuration for an untrusted certificate.
func (c *Client) Do(ctx context.Context, op *Operation, body *Buffer) (*Answer, *sink.Failure) {
	defer body.recycle()
	begun := time.Now()
	keys, failure := c.credentials.retrieve(ctx)
	if failure != nil {
		if failure.Class == sink.Credentials {
			c.credentials.invalidate(c.clock.local())
		}
		return nil, failure
	}
	body.head = c.signer.appendHead(body.head[:0], keys, op, body.B, c.clock.now())
	conn, err := c.pool.get(ctx)
	if err != nil {
		return nil, networkFailure(ctx, err, false)
	}
	answer, reusable, err := exchange(ctx, conn, begun.Add(c.timeout), body)
	if reusable {
		c.pool.put(conn)
	} else {
		conn.Close()
	}
	if err != nil {
		if !conn.rested.IsZero() && !errors.Is(ctx.Err(), context.Canceled) {
			c.pool.suspect(doubtful(conn, begun, err))
		}
		return nil, networkFailure(ctx, err, true)
	}
	return answer, nil
}

// doubtful returns since when others have been idle that may be as dead as a connection on which a request failed
// that began then: as long as that one, or, where there was no answer in time, all that have not shown since that
// they live.
func doubtful(c *conn, begun time.Time, err error) time.Time {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return begun
	}
	return c.rested
}
