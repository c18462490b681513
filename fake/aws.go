package fake

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options configure the AWS endpoint. The zero value is useful.
type Options struct {
	// Addr is the address to listen on; "127.0.0.1:0", a free port, when empty.
	Addr string
	// Listen takes the place of net.Listen, for a network of one's own.
	Listen func(network, address string) (net.Listener, error)
	// Region and Account go into ARNs and URLs; "eu-west-1" and "111122223333" when
	// empty.
	Region, Account string
	// Queues and Topics are created at start. Names that end in ".fifo" are FIFO.
	Queues, Topics []string
	// Retain is what queues and topics remember unless they are created with
	// another choice.
	Retain Retain
	// Keys, unless nil, are the access keys to accept, with their secrets. A request
	// without a SigV4 header of one of them is refused, and the signature is verified
	// where the secret is not empty. Sessions issued by STS are accepted as well.
	Keys map[string]string
	// TLS, unless nil, has the endpoint speak HTTPS with its certificates.
	TLS *tls.Config
	// Accepted, unless nil, is called with every message that a queue or topic accepts,
	// FIFO duplicates left out, whatever is retained: for load tests, as it costs no
	// copy. The body is good until it returns; it is called from many goroutines and
	// must not call back into the endpoint.
	Accepted func(target string, body []byte)
}

// AWS is a running endpoint for SQS, SNS and STS.
type AWS struct {
	// URL is the endpoint's base URL, without a slash at its end.
	URL string
	// Region and Account are those of the options.
	Region, Account string

	retain  Retain
	taken   func(target string, body []byte) // Options.Accepted
	latency atomic.Int64                     // nanoseconds
	ids     *idSource
	auth    authority
	faults  faults
	offset  atomic.Int64 // of the clock, nanoseconds
	skew    atomic.Int64 // of the clock of signatures, nanoseconds
	server  *http.Server
	ctx     context.Context
	cancel  context.CancelFunc
	serving sync.WaitGroup

	closing sync.Mutex // taken last
	closed  bool

	mu            sync.RWMutex
	queues        map[string]*Queue
	topics        map[string]*Topic
	subscriptions map[string]*Subscription // by ARN
	traffic       map[trafficKey]*Traffic
}

type trafficKey struct {
	service Service
	target  string
}

// StartAWS starts an endpoint. It serves until Close.
func StartAWS(o Options) (*AWS, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Region == "" {
		o.Region = "eu-west-1"
	}
	if o.Account == "" {
		o.Account = "111122223333"
	}
	if o.Listen == nil {
		o.Listen = net.Listen
	}
	l, err := o.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	scheme := "http://"
	if o.TLS != nil {
		l, scheme = tls.NewListener(l, o.TLS), "https://"
	}
	a := &AWS{
		URL: scheme + l.Addr().String(), Region: o.Region, Account: o.Account,
		retain: o.Retain, taken: o.Accepted, ids: newIDSource(), auth: authority{keys: o.Keys},
		queues: map[string]*Queue{}, topics: map[string]*Topic{},
		subscriptions: map[string]*Subscription{}, traffic: map[trafficKey]*Traffic{},
	}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	for _, name := range o.Queues {
		_, e := a.CreateQueue(name, QueueOptions{Retain: o.Retain})
		err = errors.Join(err, e)
	}
	for _, name := range o.Topics {
		_, e := a.CreateTopic(name, TopicOptions{Retain: o.Retain})
		err = errors.Join(err, e)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	a.server = &http.Server{Handler: http.HandlerFunc(a.serve)}
	// Owned by a; ends when Close closes the listener.
	a.serving.Go(func() { _ = a.server.Serve(l) })
	return a, nil
}

// Close ends the endpoint: it closes all connections, lets go of held requests,
// and returns when no goroutine of the endpoint is left. What it holds can still
// be inspected. It may be called again.
func (a *AWS) Close() error {
	a.closing.Lock()
	a.closed = true
	a.closing.Unlock()
	a.cancel()
	err := a.server.Close()
	a.serving.Wait()
	return err
}

// Advance moves the endpoint's clock forward: delays, visibility timeouts, the
// deduplication window and sessions end as if d had passed.
func (a *AWS) Advance(d time.Duration) {
	a.offset.Add(int64(d))
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, q := range a.queues {
		q.mu.Lock()
		q.changed.fire()
		q.mu.Unlock()
	}
}

// SetLatency delays every request from now on, before anything is stored, as the
// way to a service does. Faults come on top.
func (a *AWS) SetLatency(d time.Duration) { a.latency.Store(int64(d)) }

// Skew has the endpoint judge signatures, and date its answers, by a clock that is ahead by d from
// now on; nothing else goes by it.
func (a *AWS) Skew(d time.Duration) { a.skew.Store(int64(d)) }

func (a *AWS) signingTime() time.Time { return time.Now().Add(time.Duration(a.skew.Load())) }

func (a *AWS) now() time.Time { return time.Now().Add(time.Duration(a.offset.Load())) }

// QueueOptions configure a queue made in Go.
type QueueOptions struct {
	// Attributes as for the CreateQueue API.
	Attributes map[string]string
	// Retain is what the queue remembers.
	Retain Retain
}

// CreateQueue makes a queue, or returns the one that has the name already. The
// error is an [*Error] as the CreateQueue API answers it.
func (a *AWS) CreateQueue(name string, o QueueOptions) (*Queue, error) {
	q, err := a.createQueue(name, o)
	if err != nil {
		return nil, err
	}
	return q, nil
}

// Queue returns the queue of a name, nil when there is none.
func (a *AWS) Queue(name string) *Queue {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.queues[name]
}

// Topic returns the topic of a name, nil when there is none.
func (a *AWS) Topic(name string) *Topic {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.topics[name]
}

// Traffic returns what was asked of a target by name, whether or not it exists.
// Actions without a target, such as ListQueues, count for the empty name.
func (a *AWS) Traffic(s Service, target string) *Traffic {
	k := trafficKey{s, target}
	a.mu.RLock()
	t := a.traffic[k]
	a.mu.RUnlock()
	if t != nil {
		return t
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.trafficLocked(k)
}

func (a *AWS) trafficLocked(k trafficKey) *Traffic {
	t := a.traffic[k]
	if t == nil {
		t = newTraffic()
		a.traffic[k] = t
	}
	return t
}

func (a *AWS) queueByARN(arn string) *Queue {
	prefix := "arn:aws:sqs:" + a.Region + ":" + a.Account + ":"
	if !strings.HasPrefix(arn, prefix) {
		return nil
	}
	return a.Queue(arn[len(prefix):])
}
