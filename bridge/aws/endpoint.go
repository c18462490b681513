package awsapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	smithyendpoints "github.com/aws/smithy-go/endpoints"

	"github.com/sluice-bridge/sluice/address"
)

// Service is an AWS service by its signing name.
type Service string

// The services sent to.
const (
	SQS Service = "sqs"
	SNS Service = "sns"
)

// settings are the endpoint options that both SDK clients have, in types of their own.
type settings struct {
	region   string
	endpoint *string // BaseEndpoint: from code or environment
	fips     bool
	dual     bool
}

// choose applies a target to what the environment gave. A base URL excludes the variants: the
// SDK's rules refuse the combination.
func (s *settings) choose(t Target) {
	if t.Endpoint != "" {
		s.endpoint = aws.String(t.Endpoint)
	}
	if s.endpoint == nil {
		s.fips = s.fips || t.FIPS
		s.dual = s.dual || t.DualStack
	}
}

// connect makes the SDK client of a target, for look-ups, and returns where the SDK would send its
// requests. Reading the client's own options keeps every environment variable and profile key the
// SDK knows in force.
func (c *Client) connect(cfg aws.Config, t Target, hc *http.Client) (*url.URL, error) {
	var resolved smithyendpoints.Endpoint
	var s settings
	var err error
	switch t.Service {
	case SQS:
		client := sqs.NewFromConfig(cfg, func(o *sqs.Options) {
			s = settings{o.Region, o.BaseEndpoint, o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled, o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled}
			s.choose(t)
			o.Region, o.BaseEndpoint = t.Region, s.endpoint
			o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint = s.states()
			o.Credentials, o.HTTPClient, o.Retryer = c.credentials.provider, hc, aws.NopRetryer{}
		})
		o := client.Options()
		resolved, err = o.EndpointResolverV2.ResolveEndpoint(context.Background(), sqs.EndpointParameters{
			Region:       aws.String(o.Region),
			UseFIPS:      aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
			UseDualStack: aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
		})
		c.SQS = client
	case SNS:
		client := sns.NewFromConfig(cfg, func(o *sns.Options) {
			s = settings{o.Region, o.BaseEndpoint, o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled, o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled}
			s.choose(t)
			o.Region, o.BaseEndpoint = t.Region, s.endpoint
			o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint = s.states()
			o.Credentials, o.HTTPClient, o.Retryer = c.credentials.provider, hc, aws.NopRetryer{}
		})
		o := client.Options()
		resolved, err = o.EndpointResolverV2.ResolveEndpoint(context.Background(), sns.EndpointParameters{
			Region:       aws.String(o.Region),
			UseFIPS:      aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
			UseDualStack: aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
		})
		c.SNS = client
	default:
		return nil, fmt.Errorf("no such service: %q", t.Service)
	}
	if s.endpoint != nil {
		return c.session.named(t.Service, s)
	}
	if err != nil {
		return nil, fmt.Errorf("resolving the %s endpoint in %s: %w", t.Service, t.Region, err)
	}
	return requestURL(&resolved.URI), nil
}

// named returns the URL of an endpoint that is not of AWS's own choice. The SDK alone knows those of AWS's files, and
// would quote what it cannot read.
func (s *Session) named(service Service, o settings) (*url.URL, error) {
	u, err := address.ParseEndpoint(*o.endpoint)
	if err == nil {
		err = s.secure(u)
	}
	if err == nil {
		err = o.contradiction()
	}
	if err != nil {
		return nil, fmt.Errorf("the endpoint of %s that the configuration, the environment or the files of AWS name: %w", strings.ToUpper(string(service)), err)
	}
	return requestURL(u), nil
}

// contradiction refuses an endpoint beside variants of AWS's own, as the SDK does when it makes a request.
func (s *settings) contradiction() error {
	if !s.fips && !s.dual {
		return nil
	}
	variable, key := "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"
	if !s.fips {
		variable, key = "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"
	}
	return fmt.Errorf("%s, or %s in the files of AWS, asks for an endpoint of AWS, and this is another one; remove one of the two", variable, key)
}

// secure refuses what goes in clear text to another machine.
func (s *Session) secure(u *url.URL) error {
	if u.Scheme != "http" || s.options.AllowHTTP || address.Local(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("messages or credentials would go to %s in clear text; write https, or set aws.allow_http: true to allow that", u.Scheme+"://"+u.Host)
}

// states are the SDK's three-valued switches.
func (s *settings) states() (aws.FIPSEndpointState, aws.DualStackEndpointState) {
	fips, dual := aws.FIPSEndpointStateDisabled, aws.DualStackEndpointStateDisabled
	if s.fips {
		fips = aws.FIPSEndpointStateEnabled
	}
	if s.dual {
		dual = aws.DualStackEndpointStateEnabled
	}
	return fips, dual
}

// requestURL is the URL requests are posted to: the endpoint's path, if any, and a slash.
func requestURL(u *url.URL) *url.URL {
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/") + "/"}
}
