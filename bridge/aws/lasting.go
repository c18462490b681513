package awsapi

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// lastingRetry is how long credentials are used on after a renewal failed, before it is tried again.
const lastingRetry = 15 * time.Second

// lasting keeps credentials in use through a failing renewal for as long as they are valid.
// Without it the SDK's cache fails every request from the first failed renewal on, although the
// renewal starts minutes before the end just so that a short STS outage goes unnoticed.
type lasting struct {
	aws.CredentialsProvider
	inUse   func() context.Context // ends when nobody needs credentials of the session any more
	expires atomic.Int64           // UnixNano of the true end of the last credentials
}

// Retrieve notes when the credentials truly end; the cache knows only the earlier time of renewal. It ends with the
// use of the session, as the cache's context ignores cancellation.
func (l *lasting) Retrieve(ctx context.Context) (aws.Credentials, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.inUse(), cancel)()
	got, err := l.CredentialsProvider.Retrieve(ctx)
	if err == nil {
		l.expires.Store(got.Expires.UnixNano())
	}
	return got, err
}

// HandleFailToRefresh is called by aws.CredentialsCache with the credentials it holds, none after
// an invalidation. The expiry window is added because the cache takes it off again.
func (l *lasting) HandleFailToRefresh(_ context.Context, held aws.Credentials, err error) (aws.Credentials, error) {
	now := time.Now()
	if !held.HasKeys() || now.Add(lastingRetry).UnixNano() >= l.expires.Load() {
		return aws.Credentials{}, err
	}
	held.Expires = now.Add(lastingRetry + expiryWindow)
	return held, nil
}
