package awsapi_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/fake"
)

// countedConn counts those that are open.
type countedConn struct {
	net.Conn
	open *atomic.Int32
	once atomic.Bool
}

func (c *countedConn) Close() error {
	if c.once.CompareAndSwap(false, true) {
		c.open.Add(-1)
	}
	return c.Conn.Close()
}

// countedDials counts the connections that are open, and those that were made.
type countedDials struct{ open, made atomic.Int32 }

func (d *countedDials) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.open.Add(1)
	d.made.Add(1)
	return &countedConn{Conn: c, open: &d.open}, nil
}

// farEnd starts SQS and STS, with credentials for them.
func farEnd(t *testing.T) *fake.AWS {
	t.Helper()
	sinktest.Environment(t)
	a, err := fake.StartAWS(fake.Options{Queues: []string{"q"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_ENDPOINT_URL_STS", a.URL)
	return a
}

// The last release of a client leaves no call to STS, which the SDK goes on with for its own time.
func TestReleaseEndsLookUpOfCredentials(t *testing.T) {
	a := farEnd(t)
	silence := a.Inject(fake.Fault{Service: fake.STS, Effect: fake.Silence()})
	var dials countedDials
	s := session(t, awsapi.SessionOptions{Region: a.Region, Dial: dials.dial})
	target := awsapi.Target{Service: awsapi.SQS, Endpoint: a.URL, Identity: awsapi.Identity{RoleARN: "arn:aws:iam::111122223333:role/r"}}
	c, err := s.Client(target)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		_ = silence.WaitHits(ctx, 1) // ends with the test
	}()
	if _, err := c.SQS.ListQueues(ctx, &sqs.ListQueuesInput{}); err == nil {
		t.Fatal("it is signed without credentials")
	}
	c.Release()
	for until := time.Now().Add(8 * time.Second); dials.open.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%d connections are left", dials.open.Load())
		}
	}
	silence.Remove()
	if c, err = s.Client(target); err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	if _, err := c.SQS.ListQueues(t.Context(), &sqs.ListQueuesInput{}); err != nil {
		t.Errorf("a client that is made later gets no credentials: %v", err)
	}
}

// The last release of a client leaves no connection behind, those to STS included.
func TestReleaseLeavesNoConnection(t *testing.T) {
	a := farEnd(t)
	var dials countedDials
	s := session(t, awsapi.SessionOptions{Region: a.Region, Dial: dials.dial})
	c, err := s.Client(awsapi.Target{Service: awsapi.SQS, Endpoint: a.URL, Identity: awsapi.Identity{RoleARN: "arn:aws:iam::111122223333:role/r"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.SQS.ListQueues(t.Context(), &sqs.ListQueuesInput{}); err != nil {
		t.Fatal(err)
	}
	if dials.made.Load() < 2 {
		t.Fatalf("%d connections were made; there is one to STS and one to SQS", dials.made.Load())
	}
	c.Release()
	for until := time.Now().Add(20 * time.Second); dials.open.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%d connections are left", dials.open.Load())
		}
	}
}
