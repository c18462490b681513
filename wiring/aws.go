package wiring

import (
	"context"
	"net"
	"slices"
	"time"

	"github.com/sluice-bridge/sluice/address"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sns"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/config"
)

// RequestTimeout bounds one request to AWS: they have no limit of their own, and answer in
// milliseconds.
const RequestTimeout = 15 * time.Second

// Sink is what each kind of destination offers.
type Sink interface {
	sink.Sink
	sink.Prober
}

// NewSink makes the sink of a destination. The error says what of its settings cannot be. It makes no request.
func NewSink(session *awsapi.Session, d config.Destination) (Sink, error) {
	if d.Address().Service == address.SNS {
		o := topicOptions(d)
		o.Session = session
		return sns.New(o)
	}
	o := queueOptions(d)
	o.Session = session
	return sqs.New(o)
}

// Profile is what the kind of a destination takes.
func Profile(d config.Destination) message.Profile {
	if d.Address().Service == address.SNS {
		return sns.Profile
	}
	return sqs.Profile
}

// Permissions are the IAM actions on a destination.
func Permissions(d config.Destination) awsapi.Permissions {
	if d.Address().Service == address.SNS {
		return sns.Permissions
	}
	return sqs.Permissions
}

// AllPermissions are those on the destinations of a configuration, once for each kind.
func AllPermissions(cfg *config.Config) []awsapi.Permissions {
	used := map[awsapi.Permissions]bool{}
	for _, d := range cfg.Destinations {
		used[Permissions(d)] = true
	}
	return slices.DeleteFunc([]awsapi.Permissions{sqs.Permissions, sns.Permissions}, func(p awsapi.Permissions) bool { return !used[p] })
}

func queueOptions(d config.Destination) sqs.Options {
	return sqs.Options{Queue: d.Address(), Region: d.Region, Endpoint: d.Endpoint, Identity: identity(d)}
}

func topicOptions(d config.Destination) sns.Options {
	return sns.Options{Topic: d.Address(), Endpoint: d.Endpoint, Identity: identity(d)}
}

func identity(d config.Destination) awsapi.Identity {
	return awsapi.Identity{
		RoleARN:     d.AssumeRole.ARN,
		ExternalID:  d.AssumeRole.ExternalID,
		SessionName: d.AssumeRole.SessionName,
	}
}

// Session loads AWS's configuration for one of the bridge. Dial is that of [Options].
func Session(ctx context.Context, cfg *config.Config, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*awsapi.Session, error) {
	return awsapi.NewSession(ctx, awsapi.SessionOptions{Region: cfg.AWS.Region, Timeout: RequestTimeout, Dial: dial, AllowHTTP: cfg.AWS.AllowHTTP})
}
