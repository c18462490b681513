// Package sns sends batches to one SNS topic. Requests are built by hand in the AWS Query
// protocol; look-ups use the SDK.
package sns

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/sluice-bridge/sluice/address"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Options of a sink.
type Options struct {
	// Session gives configuration, credentials and connections.
	Session *awsapi.Session
	// Topic is where to send; its region is the one of the requests.
	Topic address.Address
	// Endpoint is the base URL of requests, or empty: then the environment's, then the region's.
	Endpoint string
	// Identity is as whom requests are signed.
	Identity awsapi.Identity
}

// Target is whom the topic's requests are sent to.
func (o Options) Target() awsapi.Target {
	return awsapi.Target{
		Service:  awsapi.SNS,
		Region:   o.Topic.Region,
		Endpoint: o.Endpoint,
		Identity: o.Identity,
	}
}

// Sink is a [sink.Sink] for one topic.
type Sink struct {
	topic  address.Address
	client *awsapi.Client
	prefix []byte // the request up to its first entry
	closed atomic.Bool
}

var _ sink.Sink = (*Sink)(nil)

var publishBatch = awsapi.NewOperation("application/x-www-form-urlencoded")

// New checks the options and makes a sink. It makes no request. The error is a mistake in the
// configuration and says what to write instead.
func New(o Options) (*Sink, error) {
	if o.Session == nil {
		return nil, errors.New("sns: no session")
	}
	if o.Topic.Service != address.SNS {
		return nil, errors.New("sns: no topic")
	}
	client, err := o.Session.Client(o.Target())
	if err != nil {
		return nil, fmt.Errorf("topic %s: %w", o.Topic.Name, err)
	}
	return &Sink{topic: o.Topic, client: client, prefix: requestPrefix(o.Topic.ARN)}, nil
}

// Send implements [sink.Sink]. That SNS took a message does not mean that a subscriber got it:
// SNS delivers later, and drops what a subscriber refuses unless the subscription has a
// dead-letter queue.
func (s *Sink) Send(ctx context.Context, batch []*message.Message, results []*sink.Failure) *sink.Failure {
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

// Close implements [sink.Sink]. A second call does nothing.
func (s *Sink) Close() {
	if s.closed.CompareAndSwap(false, true) {
		s.client.Release()
	}
}
