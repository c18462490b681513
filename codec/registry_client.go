package codec

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
	"golang.org/x/time/rate"

	"github.com/sluice-bridge/sluice/codec/schema"
)

const (
	defaultTimeout = 10 * time.Second
	// maxResponse bounds what is read of an answer: a schema in JSON, which may escape each of its bytes.
	maxResponse = 8 * schema.MaxSchema
	// maxReason bounds what is kept of the text of an answer that is an error, in bytes.
	maxReason = 200
)

// registryClient asks one instance of the registry.
type registryClient struct {
	host string
	http *http.Client
	sr   *sr.Client
}

func newRegistryClients(opts RegistryOptions) ([]registryClient, error) {
	if len(opts.URLs) == 0 {
		return nil, errors.New("a schema registry needs a URL")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = maxRequests
	if opts.Dial != nil {
		transport.DialContext = opts.Dial
	}
	if opts.TLS != nil {
		transport.TLSClientConfig = opts.TLS.Clone()
	}
	timeout := opts.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	through := limited{transport, rate.NewLimiter(requestRate, requestBurst)}
	var clients []registryClient
	for _, text := range opts.URLs {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme) {
			// The text itself may hold a password.
			return nil, errors.New("the URL of a schema registry is not like https://registry.example:8081")
		}
		// What follows a redirect takes the credentials to wherever the answer says.
		stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		c := registryClient{host: u.Host, http: &http.Client{Transport: through, Timeout: timeout, CheckRedirect: stay}}
		c.sr, err = sr.NewClient(sr.URLs(text), sr.HTTPClient(c.http), sr.UserAgent("sluice"), sr.PreReq(opts.authorize))
		if err != nil {
			return nil, err
		}
		clients = append(clients, c)
	}
	return clients, nil
}

// authorize adds the credentials to a request.
func (o *RegistryOptions) authorize(req *http.Request) error {
	if o.BasicAuth != nil {
		username, password, err := o.BasicAuth()
		if err != nil {
			return err
		}
		req.SetBasicAuth(username, password)
	}
	if o.BearerToken != nil {
		token, err := o.BearerToken()
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return nil
}

// limited bounds the bodies of answers, which the client reads whole, and how many requests there are.
type limited struct {
	*http.Transport
	rate *rate.Limiter
}

func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.rate.Wait(req.Context()); err != nil {
		return nil, err
	}
	resp, err := l.Transport.RoundTrip(req)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, maxResponse)
	}
	return resp, err
}

// The error codes with which a registry says that it does not have something. Without one a 404 is
// the answer of a proxy, or of a wrong URL.
var missingCodes = []int{sr.ErrSubjectNotFound.Code, sr.ErrVersionNotFound.Code, sr.ErrSchemaNotFound.Code}

// missing reports whether the registry itself says that there is no such thing.
func missing(err error) bool {
	var resp *sr.ResponseError
	return errors.As(err, &resp) && slices.Contains(missingCodes, resp.ErrorCode)
}

// explain words an error for an operator, without the URL: it may hold a password.
func (c *registryClient) explain(err error) error {
	var resp *sr.ResponseError
	if errors.As(err, &resp) && resp.StatusCode/100 == 3 {
		return fmt.Errorf("%s answers %d, a redirect, which is not followed; name the URL that it leads to", c.host, resp.StatusCode)
	}
	if errors.As(err, &resp) {
		text := strings.Join(strings.Fields(resp.Error()), " ")
		if len(text) > maxReason {
			text = strings.ToValidUTF8(text[:maxReason], "") + "…"
		}
		return fmt.Errorf("%s answers %d: %s", c.host, resp.StatusCode, text)
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	} else if inner := errors.Unwrap(err); inner != nil {
		err = inner
	}
	return fmt.Errorf("%s: %w", c.host, err)
}
