package daemon

import (
	"context"
	"time"

	"github.com/sluice-bridge/sluice/bridge"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/sns"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/routing"
)

// plan is a configuration compiled: everything that can fail is done when there is one.
type plan struct {
	config       *config.Config
	table        *routing.Table
	correlation  *routing.Correlation
	destinations []bridge.Destination // by index in the table
	session      *awsapi.Session
	rules        []string
}

// requestTimeout bounds one request to AWS: they have no limit of their own, and answer in
// milliseconds.
const requestTimeout = 15 * time.Second

func newPlan(ctx context.Context, cfg *config.Config) (*plan, error) {
	table, err := routing.Compile(cfg.Routing())
	if err != nil {
		return nil, err
	}
	correlation, err := routing.CompileCorrelation(cfg.Correlation.Headers, cfg.Correlation.Field)
	if err != nil {
		return nil, err
	}
	connections := 0
	for _, d := range cfg.Destinations {
		connections += d.Concurrency
	}
	session, err := awsapi.NewSession(ctx, awsapi.SessionOptions{Region: cfg.AWS.Region, Timeout: requestTimeout, Connections: connections})
	if err != nil {
		return nil, err
	}
	p := &plan{config: cfg, table: table, correlation: correlation, session: session, destinations: Destinations(cfg)}
	for i := range cfg.Rules {
		p.rules = append(p.rules, cfg.Rules[i].Name)
	}
	return p, nil
}

// Destinations returns the destinations of a configuration in the order of its routing table.
func Destinations(cfg *config.Config) []bridge.Destination {
	var all []bridge.Destination
	for _, name := range cfg.DestinationNames() {
		d := cfg.Destinations[name]
		all = append(all, bridge.Destination{Name: name, Service: string(d.Address().Service), FIFO: d.FIFO()})
	}
	return all
}

// sink makes the sink of a destination. It makes no request.
func (p *plan) sink(d config.Destination) (bridge.Sink, error) {
	return newSink(p.session, d)
}

func newSink(session *awsapi.Session, d config.Destination) (bridge.Sink, error) {
	identity := awsapi.Identity{
		RoleARN:     d.AssumeRole.ARN,
		ExternalID:  d.AssumeRole.ExternalID,
		SessionName: d.AssumeRole.SessionName,
	}
	if d.SNS != "" {
		return sns.New(sns.Options{Session: session, Topic: d.SNS, Endpoint: d.Endpoint, Identity: identity})
	}
	return sqs.New(sqs.Options{Session: session, Queue: d.SQS, Region: d.Region, Endpoint: d.Endpoint, Identity: identity})
}

// laneOptions returns how a destination is sent to.
func laneOptions(d config.Destination, dest bridge.Destination, after <-chan struct{}) bridge.LaneOptions {
	return bridge.LaneOptions{
		Destination: dest,
		Batched:     d.Ordering == config.Batched,
		MaxMessages: d.Batch.MaxMessages,
		MaxBytes:    int(d.Batch.MaxBytes),
		Linger:      time.Duration(d.Batch.Linger),
		Concurrency: d.Concurrency,
		Retry: bridge.Retry{
			Initial:     time.Duration(d.Retry.Initial),
			Max:         time.Duration(d.Retry.Max),
			GiveUpAfter: time.Duration(d.Retry.GiveUpAfter),
		},
		RequestTimeout: requestTimeout,
		After:          after,
	}
}

// Connection returns how the brokers of a configuration are reached.
func Connection(cfg *config.Config, session *awsapi.Session) kafka.Connection {
	k := cfg.Kafka
	c := kafka.Connection{Brokers: k.Brokers, ClientID: k.ClientID}
	if k.TLS.Enabled {
		c.TLS = &kafka.TLS{
			CAFile: k.TLS.CAFile, CertFile: k.TLS.CertFile, KeyFile: k.TLS.KeyFile,
			ServerName: k.TLS.ServerName, InsecureSkipVerify: k.TLS.InsecureSkipVerify,
		}
	}
	if k.SASL.Mechanism != "" {
		c.SASL = &kafka.SASL{
			Mechanism:  string(k.SASL.Mechanism),
			Username:   k.SASL.Username,
			Extensions: k.SASL.Extensions,
			Secret: func() (string, error) {
				if k.SASL.Mechanism == config.OAuthBearer {
					token, err := k.SASL.BearerToken()
					return token.Reveal(), err
				}
				return k.SASL.Password.Reveal(), nil
			},
			AWS: session.Keys,
		}
	}
	return c
}

// sourceOptions returns what a consumer group reads. Isolated destinations start where the shared
// group is.
func (p *plan) sourceOptions(group string, latest time.Time) kafka.Options {
	k := p.config.Kafka
	o := kafka.Options{
		Connection:             Connection(p.config, p.session),
		Group:                  group,
		InstanceID:             k.InstanceID,
		Topics:                 p.config.Subscriptions(),
		Start:                  start(k.Start, latest),
		ReadUncommitted:        k.IsolationLevel == config.ReadUncommitted,
		SessionTimeout:         time.Duration(k.SessionTimeout),
		RebalanceTimeout:       time.Duration(k.RebalanceTimeout),
		FetchMaxBytes:          int32(min(k.FetchMaxBytes, 1<<30)),
		FetchMaxPartitionBytes: int32(min(k.FetchMaxPartitionBytes, 1<<30)),
		CommitInterval:         time.Duration(p.config.CommitInterval),
		DrainTimeout:           time.Duration(p.config.DrainTimeout),
	}
	if group != k.Group {
		o.SeedGroup = k.Group
	}
	return o
}

// start resolves a start relative to when the daemon came up.
func start(s config.Start, now time.Time) kafka.Start {
	if s.Latest {
		return kafka.Start{At: now}
	}
	at, _ := s.Time(now)
	return kafka.Start{At: at}
}

// FormatOf returns how the values of topics are read.
func FormatOf(cfg *config.Config) func(topic string) codec.Format {
	return func(topic string) codec.Format { return codec.Format(cfg.Format(topic)) }
}
