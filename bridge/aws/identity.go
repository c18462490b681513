package awsapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Identity is as whom requests are signed: the SDK's default chain, or a role assumed from it.
// The zero value is the default chain.
type Identity struct {
	// RoleARN is the role to assume; empty assumes none and ignores the other fields.
	RoleARN string
	// ExternalID is the trust policy's sts:ExternalId, or empty.
	ExternalID string
	// SessionName names the session in CloudTrail; empty means "sluice".
	SessionName string
}

const (
	// roleSession is the longest session that every role grants, also to a caller that is itself
	// an assumed role. Short sessions multiply calls to STS, and to KMS, whose data keys are
	// cached by principal.
	roleSession = time.Hour
	// refreshInterval is the least time between two invalidations: when credentials expire,
	// every request in flight fails with the same error.
	refreshInterval = time.Second
)

// credentialsKey tells identities apart. The region is in it because STS is asked there.
type credentialsKey struct {
	identity Identity
	region   string
}

// credentials are the cached credentials of one identity.
type credentials struct {
	provider  aws.CredentialsProvider
	caches    []invalidator                   // a role's own cache, then that of the chain below it
	refreshed atomic.Pointer[time.Time]       // the last invalidation; nil before
	checked   atomic.Pointer[aws.Credentials] // the last that were found legible
}

type invalidator interface{ Invalidate() }

func renewEarly(o *aws.CredentialsCacheOptions) {
	o.ExpiryWindow, o.ExpiryWindowJitterFrac = expiryWindow, expiryJitter
}

// identify returns the credentials of an identity, shared by all its clients. s.mu is held.
func (s *Session) identify(id Identity, region string) (*credentials, error) {
	key := credentialsKey{identity: id, region: region}
	if id.RoleARN == "" {
		key = credentialsKey{}
	}
	if c, ok := s.credentials[key]; ok {
		return c, nil
	}
	client := sts.NewFromConfig(s.config, func(o *sts.Options) { o.Region = region })
	if id.RoleARN != "" || s.asks() {
		if err := s.reachable(client.Options()); err != nil {
			return nil, err
		}
	}
	c := &credentials{provider: s.config.Credentials}
	if cache, ok := s.config.Credentials.(invalidator); ok {
		c.caches = append(c.caches, cache)
	}
	if id.RoleARN != "" {
		cache := aws.NewCredentialsCache(&lasting{CredentialsProvider: assume(client, id), inUse: s.inUse}, renewEarly)
		c.provider = cache
		c.caches = append([]invalidator{cache}, c.caches...)
	}
	s.credentials[key] = c
	return c, nil
}

// assume makes the provider of a role's credentials.
func assume(client *sts.Client, id Identity) aws.CredentialsProvider {
	return stscreds.NewAssumeRoleProvider(client, id.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.Duration = roleSession
		o.RoleSessionName = "sluice"
		if id.SessionName != "" {
			o.RoleSessionName = id.SessionName
		}
		if id.ExternalID != "" {
			o.ExternalID = aws.String(id.ExternalID)
		}
	})
}

// asks reports whether the default chain ends in a role itself, by a profile or a token of a web identity.
func (s *Session) asks() bool {
	return aws.IsCredentialsProvider(s.config.Credentials, (*stscreds.AssumeRoleProvider)(nil)) ||
		aws.IsCredentialsProvider(s.config.Credentials, (*stscreds.WebIdentityRoleProvider)(nil))
}

// reachable refuses an endpoint of STS, if one is named, as those of other services are.
func (s *Session) reachable(o sts.Options) error {
	if o.BaseEndpoint == nil {
		return nil
	}
	_, err := s.named("sts", settings{
		endpoint: o.BaseEndpoint,
		fips:     o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled,
		dual:     o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled,
	})
	return err
}

// retrieve returns credentials to sign with; the failure says why there are none.
func (c *credentials) retrieve(ctx context.Context) (aws.Credentials, *sink.Failure) {
	got, err := c.provider.Retrieve(ctx)
	if err == nil {
		err = c.check(got)
	}
	if err == nil {
		return got, nil
	}
	if ctx.Err() != nil {
		code := CodeCredentials
		if errors.Is(ctx.Err(), context.Canceled) {
			code = CodeCanceled
		}
		return got, &sink.Failure{Class: sink.Transient, Code: code, Message: "waiting for credentials", Err: err}
	}
	return got, &sink.Failure{Class: retrievalClass(err), Code: CodeCredentials, Message: err.Error(), Err: err}
}

// check is legible, for credentials that are not those of the request before.
func (c *credentials) check(got aws.Credentials) error {
	if last := c.checked.Load(); last != nil && last.AccessKeyID == got.AccessKeyID && last.SessionToken == got.SessionToken {
		return nil
	}
	if err := legible(got); err != nil {
		return err
	}
	kept := got
	c.checked.Store(&kept)
	return nil
}

// legible returns an error for credentials that no header can carry, as where a token was pasted with
// its line breaks.
func legible(c aws.Credentials) error {
	for what, text := range map[string]string{"access key id": c.AccessKeyID, "session token": c.SessionToken} {
		if strings.ContainsFunc(strings.TrimSpace(text), func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return fmt.Errorf("the %s of %s has a space, a line break or another character in it that none has; write it as AWS gave it, in one line", what, c.Source)
		}
	}
	return nil
}

// retrievalClass tells an STS that is down or busy, which mends by itself, from one that refuses.
// Other sources (instance metadata, files) stay Credentials even where they time out: on a host
// without them that is how missing credentials look.
func retrievalClass(err error) sink.Class {
	if api := (smithy.APIError)(nil); errors.As(err, &api) {
		switch class := Classify(api.ErrorCode(), "", faultOf(api.ErrorFault()), Call); class {
		case sink.Throttled, sink.Transient:
			return class
		}
		return sink.Credentials
	}
	if op := (*smithy.OperationError)(nil); errors.As(err, &op) && op.ServiceID == sts.ServiceID {
		return sink.Transient
	}
	return sink.Credentials
}

// invalidate makes the next retrieve fetch credentials anew. Of calls that come together only the
// first has an effect.
func (c *credentials) invalidate(now time.Time) {
	last := c.refreshed.Load()
	// The wall clock may be set back: times are compared by their monotonic part, and one long before
	// the last is no call that came together with it.
	if last != nil && now.Sub(*last).Abs() < refreshInterval || !c.refreshed.CompareAndSwap(last, &now) {
		return
	}
	for _, cache := range c.caches {
		cache.Invalidate()
	}
}
