package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
)

const (
	// DefaultTimeout bounds one request where the caller's context has no earlier deadline. The
	// SDK itself has neither an overall nor a response timeout.
	DefaultTimeout = 15 * time.Second

	// expiryWindow is how long before their end credentials are renewed; the SDK's default of
	// zero uses them until the last second and then blocks every sender at once.
	expiryWindow = 3 * time.Minute
	expiryJitter = 0.5
	// credentialsTimeout bounds one call to a credentials service: the SDK refreshes with a
	// context that ignores cancellation.
	credentialsTimeout = 10 * time.Second
)

// SessionOptions configure a Session. The zero value takes everything from the environment.
type SessionOptions struct {
	// Region is the default region; empty takes the SDK's (AWS_REGION, profile).
	Region string
	// Timeout bounds one request. Zero means DefaultTimeout.
	Timeout time.Duration
	// Dial connects to an address, for requests, look-ups and credentials alike; nil for the system's
	// network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// AllowHTTP lets messages and tokens go in clear text to an endpoint that is not on this machine.
	AllowHTTP bool
}

// Session holds the SDK's loaded configuration and the clients made from it. It is safe for
// concurrent use.
type Session struct {
	options SessionOptions
	config  aws.Config

	mu          sync.Mutex
	clients     map[Target]*Client
	credentials map[credentialsKey]*credentials
	use         context.Context //nolint:containedctx // it ends look-ups of credentials with the last client
	unused      context.CancelFunc
}

// NewSession loads the SDK's default configuration: environment, shared files, container and
// instance roles. It reads files and makes no request. The error names what could not be read.
func NewSession(ctx context.Context, o SessionOptions) (*Session, error) {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	client := awshttp.NewBuildableClient().WithTimeout(credentialsTimeout).WithTransportOptions(func(t *http.Transport) {
		t.DisableKeepAlives = true // credentials are asked for once an hour, and nobody would end the connection
		if o.Dial != nil {
			t.DialContext = o.Dial
		}
	})
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client),
		config.WithCredentialsCacheOptions(renewEarly),
		// The SDK would write lines of its own to standard error; what fails comes back as an error.
		config.WithLogger(logging.Nop{}),
	}
	if o.Region != "" {
		options = append(options, config.WithRegion(o.Region))
	}
	load := func(ctx context.Context) (aws.Config, error) { return config.LoadDefaultConfig(ctx, options...) }
	cfg, err := load(ctx)
	if unread := (*url.Error)(nil); errors.As(err, &unread) { // which quotes what may hold a secret
		return nil, errors.New("loading the AWS configuration: AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL")
	}
	if err != nil {
		return nil, fmt.Errorf("loading the AWS configuration: %w", err)
	}
	cfg.Credentials = &chain{load: load, current: cfg.Credentials}
	return &Session{
		options:     o,
		config:      cfg,
		clients:     map[Target]*Client{},
		credentials: map[credentialsKey]*credentials{},
	}, nil
}

// Region is the default region, or empty where neither the options nor the environment name one.
func (s *Session) Region() string { return s.config.Region }

// Target says whom a client talks to. It is comparable: equal targets share one Client.
type Target struct {
	Service Service
	// Region of the queue or topic; empty means the session's.
	Region string
	// Endpoint is the base URL of requests; empty takes AWS_ENDPOINT_URL_SQS or _SNS, then
	// AWS_ENDPOINT_URL, then the service's own for the region.
	Endpoint string
	// FIPS and DualStack choose those variants of the service's own endpoint, as
	// AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT do for the whole process.
	FIPS, DualStack bool
	Identity        Identity
}

// Client returns the client for a target, made at its first use. Each call is matched by one
// Client.Release. The error is a mistake in the configuration: no region, a bad endpoint.
func (s *Session) Client(t Target) (*Client, error) {
	if t.Region == "" {
		t.Region = s.config.Region
	}
	if t.Region == "" {
		return nil, fmt.Errorf("no AWS region: set aws.region or AWS_REGION, or name the destination by its ARN")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.clients) == 0 {
		s.use, s.unused = context.WithCancel(context.Background())
	}
	c, ok := s.clients[t]
	if !ok {
		made, err := s.newClient(t)
		if err != nil {
			return nil, err
		}
		c = made
		s.clients[t] = c
	}
	c.refs++
	return c, nil
}

// release drops a client that no sink uses any more, so that a reload leaves no connection behind.
func (s *Session) release(c *Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.refs--; c.refs > 0 {
		return
	}
	delete(s.clients, c.target)
	c.transport.CloseIdleConnections()
	c.pool.close()
	if len(s.clients) == 0 {
		s.unused()
	}
}

// inUse returns what ends with the last client there is.
func (s *Session) inUse() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.use
}
