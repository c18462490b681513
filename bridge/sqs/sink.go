// Package sqs sends batches to one SQS queue. Requests are built by hand in the AWS JSON 1.0
// protocol; look-ups use the SDK.
package sqs

import (
	"cmp"
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
	// Queue is where to send.
	Queue address.Address
	// Region is used where Queue names none; empty means the session's.
	Region string
	// Endpoint is the base URL of requests, or empty: then that of Queue, then the environment's,
	// then the region's.
	Endpoint string
	// Identity is as whom requests are signed.
	Identity awsapi.Identity
}

// Target is whom the queue's requests are sent to.
func (o Options) Target() awsapi.Target {
	return awsapi.Target{
		Service:   awsapi.SQS,
		Region:    cmp.Or(o.Queue.Region, o.Region),
		Endpoint:  cmp.Or(o.Endpoint, o.Queue.Endpoint),
		FIPS:      o.Queue.FIPS,
		DualStack: o.Queue.DualStack,
		Identity:  o.Identity,
	}
}

// Sink is a [sink.Sink] for one queue.
type Sink struct {
	queue  address.Address
	client *awsapi.Client
	// prefix is the request up to its first entry; nil before the first Open.
	prefix atomic.Pointer[[]byte]
	closed atomic.Bool
}

var _ sink.Sink = (*Sink)(nil)

// sendBatch is the operation. The query mode header asks for the older error codes beside the
// types; the SDK sends it too.
var sendBatch = awsapi.NewOperation("application/x-amz-json-1.0",
	"X-Amz-Target", "AmazonSQS.SendMessageBatch",
	"X-Amzn-Query-Mode", "true")

// New checks the options and makes a sink. It makes no request. The error is a mistake in the
// configuration and says what to write instead.
func New(o Options) (*Sink, error) {
	if o.Session == nil {
		return nil, errors.New("sqs: no session")
	}
	if o.Queue.Service != address.SQS {
		return nil, errors.New("sqs: no queue")
	}
	client, err := o.Session.Client(o.Target())
	if err != nil {
		return nil, fmt.Errorf("queue %s: %w", o.Queue.Name, err)
	}
	return &Sink{queue: o.Queue, client: client}, nil
}

// Send implements [sink.Sink].
func (s *Sink) Send(ctx context.Context, batch []*message.Message, results []*sink.Failure) *sink.Failure {
	prefix := s.prefix.Load()
	if prefix == nil {
		return &sink.Failure{Class: sink.Configuration, Code: awsapi.CodeNotOpen, Message: "the queue was not opened"}
	}
	body := awsapi.NewBuffer()
	body.B = appendRequest(body.B, *prefix, batch)
	answer, failure := s.client.Do(ctx, sendBatch, body)
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
