// Package sns sends batches to one SNS topic. Requests are built by hand in the AWS Query
// protocol; look-ups use the SDK.
package sns

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/sluice-bridge/sluice/bridge"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
)

// Options of a sink.
type Options struct {
	// Session gives configuration, credentials and connections.
	Session *awsapi.Session
	// Topic is the topic's ARN; its region is the one of the requests.
	Topic string
	// Endpoint is the base URL of requests, or empty: then the environment's, then the region's.
	Endpoint string
	// Identity is as whom requests are signed.
	Identity awsapi.Identity
}

// Sink is a bridge.Sink for one topic.
type Sink struct {
	destination Destination
	client      *awsapi.Client
	prefix      []byte // the request up to its first entry
	closed      atomic.Bool
}

var _ bridge.Sink = (*Sink)(nil)

var publishBatch = awsapi.NewOperation("application/x-www-form-urlencoded")

// New checks the options and makes a sink. It makes no request. The error is a mistake in the
// configuration and says what to write instead.
func New(o Options) (*Sink, error) {
	if o.Session == nil {
		return nil, errors.New("sns: no session")
	}
	d, err := Parse(o.Topic)
	if err != nil {
		return nil, err
	}
	client, err := o.Session.Client(d.target(o))
	if err != nil {
		return nil, fmt.Errorf("topic %s: %w", d.Name, err)
	}
	return &Sink{destination: d, client: client, prefix: requestPrefix(d.ARN)}, nil
}

// Destination is the topic as configured.
func (s *Sink) Destination() Destination { return s.destination }

// Send implements bridge.Sink. That SNS took a message does not mean that a subscriber got it:
// SNS delivers later, and drops what a subscriber refuses unless the subscription has a
// dead-letter queue.
func (s *Sink) Send(ctx context.Context, batch []*bridge.Message, results []*bridge.Failure) *bridge.Failure {
	body := awsapi.NewBuffer()
	body.B = appendRequest(body.B, s.prefix, batch)
	answer, failure := s.client.Do(ctx, publishBatch, body)
	if failure != nil {
		return failure
	}
	defer answer.Release()
	if !answer.OK() {
		return s.client.Refused(answer)
	}
	return s.readResults(answer.Body, results[:len(batch)])
}

// Close implements bridge.Sink. A second call does nothing.
func (s *Sink) Close() {
	if s.closed.CompareAndSwap(false, true) {
		s.client.Release()
	}
}
