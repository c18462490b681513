package daemon

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"reflect"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/address"
	"github.com/sluice-bridge/sluice/bridge"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/sns"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/turn"
	"github.com/sluice-bridge/sluice/routing"
)

// plan is a configuration compiled: everything that can fail is done when there is one.
type plan struct {
	config       *config.Config
	table        *routing.Table
	correlation  *routing.Correlation
	destinations []bridge.Destination // by index in the table
	session      *awsapi.Session
	registry     *codec.Registry // nil where there is none
	commits      *kafka.CommitBudget
	alone        turn.Turn
	rules        []string
	made         time.Time
	dial         func(ctx context.Context, network, address string) (net.Conn, error) // nil: the system's network
	// starts are where partitions begin of which a group has no offset, in what is new to it.
	starts kadm.Offsets
}

// requestTimeout bounds one request to AWS: they have no limit of their own, and answer in
// milliseconds.
const requestTimeout = 15 * time.Second

// compile makes a plan. A schema registry that is as before is taken over from the plan before, which
// may be nil.
func (d *Daemon) compile(ctx context.Context, cfg *config.Config, before *plan) (*plan, error) {
	made := time.Now()
	table, err := routing.Compile(cfg.Routing())
	if err != nil {
		return nil, err
	}
	correlation, err := routing.CompileCorrelation(cfg.Correlation.Headers, cfg.Correlation.Field)
	if err != nil {
		return nil, err
	}
	session, err := sessionOf(ctx, cfg, d.opts.Dial)
	if err != nil {
		return nil, err
	}
	registry, err := d.registryAfter(before, cfg)
	if err != nil {
		return nil, err
	}
	p := &plan{config: cfg, dial: d.opts.Dial, registry: registry, commits: budgetAfter(before, cfg), alone: d.alone, table: table, correlation: correlation, session: session, destinations: destinationsAfter(before, cfg), made: made}
	for i := range cfg.Rules {
		p.rules = append(p.rules, cfg.Rules[i].Name)
	}
	return p, nil
}

// registryAfter returns the registry of the plan before where that serves on, else a new one.
func (d *Daemon) registryAfter(before *plan, cfg *config.Config) (*codec.Registry, error) {
	if before != nil && reflect.DeepEqual(before.config.SchemaRegistry, cfg.SchemaRegistry) {
		return before.registry, nil
	}
	return Registry(cfg, d.board, d.log, d.opts.Dial)
}

// budgetAfter returns the budget of commits of the plan before where that serves on, else a new one: all
// consumer groups share one.
func budgetAfter(before *plan, cfg *config.Config) *kafka.CommitBudget {
	if before != nil && before.config.CommitRate == cfg.CommitRate {
		return before.commits
	}
	return kafka.NewCommitBudget(cfg.CommitRate)
}

func (p *plan) dropsTombstones() bool { return p.config.Tombstones == config.DropTombstones }

// closeRegistry ends the registry of a plan, unless the one that follows it has taken it over.
func (p *plan) closeRegistry(next *plan) {
	if p.registry != nil && (next == nil || next.registry != p.registry) {
		p.registry.Close()
	}
}

// Destinations returns the destinations of a configuration in the order of its routing table.
func Destinations(cfg *config.Config) []bridge.Destination { return destinationsAfter(nil, cfg) }

// destinationsAfter is the same for one that follows a plan, which may be nil.
func destinationsAfter(before *plan, cfg *config.Config) []bridge.Destination {
	var all []bridge.Destination
	for _, name := range cfg.DestinationNames() {
		d := cfg.Destinations[name]
		all = append(all, bridge.Destination{
			Name: name, Service: string(d.Address().Service), FIFO: d.FIFO(), NamedID: namedID(before, cfg, d), Isolated: d.Isolated, Place: placeOf(d),
			Envelope: bridge.Envelope(d.Envelope), Headers: bridge.NewHeaderFilter(d.ForwardHeaders), Omit: d.Omitted(),
			Types: attributeTypes(d),
		})
	}
	return all
}

func attributeTypes(d config.Destination) bridge.AttributeTypes {
	var types bridge.AttributeTypes
	for name, t := range d.AttributeTypes {
		if t == bridge.TypeString {
			continue
		}
		if types == nil {
			types = bridge.AttributeTypes{}
		}
		types[name] = string(t)
	}
	return types
}

// namedID says whether the deduplication ids of a destination have its name, under a configuration that follows a
// plan, which may be nil. One that leads where it did keeps its kind, since what it has sent may be sent again. Of
// all that lead to one place at most one goes without: what another one sends there for the same record would be
// dropped. So would that of one which comes to the place of another; but one whose name is new there may be the
// same as before.
func namedID(before *plan, cfg *config.Config, dest config.Destination) bool {
	named := shared(cfg, dest)
	if before == nil {
		return named
	}
	_, known := before.config.Destinations[dest.Name]
	for _, was := range before.destinations {
		at := before.config.Destinations[was.Name]
		if was.Name == dest.Name && placeOf(at) == placeOf(dest) {
			return was.NamedID
		}
		named = named || at.SamePlace(dest) && (was.NamedID || known && was.Name != dest.Name)
	}
	return named
}

// shared says whether another destination leads to the place of one.
func shared(cfg *config.Config, dest config.Destination) bool {
	for name, other := range cfg.Destinations {
		if name != dest.Name && other.SamePlace(dest) {
			return true
		}
	}
	return false
}

// sink makes the sink of a destination. It makes no request.
func (p *plan) sink(d config.Destination) (bridge.Sink, error) {
	return newSink(p.session, d)
}

func newSink(session *awsapi.Session, d config.Destination) (bridge.Sink, error) {
	if d.Address().Service == address.SNS {
		o := topicOptions(d)
		o.Session = session
		return sns.New(o)
	}
	o := queueOptions(d)
	o.Session = session
	return sqs.New(o)
}

// target is whom a destination's requests are sent to.
func target(d config.Destination) awsapi.Target {
	if d.Address().Service == address.SNS {
		return topicOptions(d).Target()
	}
	return queueOptions(d).Target()
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

// laneOptions returns how a destination is sent to.
func laneOptions(d config.Destination, dest bridge.Destination, after []<-chan struct{}) bridge.LaneOptions {
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
		c.TLS = func() (*tls.Config, error) {
			cfg, err := k.TLS.Config()
			if err != nil {
				return nil, fmt.Errorf("kafka.tls: %w", err)
			}
			return cfg, nil
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
			AWS: func(ctx context.Context, host string) ([]byte, error) {
				return session.KafkaLogin(ctx, host, k.SASL.RegionOf(host))
			},
		}
	}
	return c
}

func (p *plan) connection() kafka.Connection {
	c := Connection(p.config, p.session)
	c.Dial = p.dial
	return c
}

// placeOf returns what tells whether another destination leads to the same queue or topic.
func placeOf(d config.Destination) bridge.Place {
	a := d.Address()
	return bridge.NewPlace(string(a.Service), d.Region, a.Account, a.Name)
}

// sharing returns what the shared group has to do with the destinations; zero for another group.
func sharing(cfg *config.Config, isolated string) kafka.Sharing {
	if isolated != "" {
		return kafka.Sharing{}
	}
	s := kafka.Sharing{Group: cfg.OwnGroup, Places: map[string]bridge.Place{}}
	for _, name := range cfg.DestinationNames() {
		s.Places[name] = placeOf(cfg.Destinations[name])
		if cfg.Destinations[name].Isolated {
			s.Apart = append(s.Apart, name)
		} else {
			s.Sends = append(s.Sends, name)
		}
	}
	return s
}

// sourceOptions returns what a consumer group reads.
func (p *plan) sourceOptions(group, isolated string) kafka.Options {
	k := p.config.Kafka
	return kafka.Options{
		Connection:        p.connection(),
		Group:             group,
		Isolated:          isolated != "",
		InstanceID:        k.InstanceID,
		Topics:            p.config.Subscriptions(),
		Starts:            p.starts,
		Rack:              k.Rack,
		ReadUncommitted:   k.IsolationLevel == config.ReadUncommitted,
		WaitForUnreadable: k.Unreadable == config.WaitForUnreadable,
		SessionTimeout:    time.Duration(k.SessionTimeout),
		RebalanceTimeout:  time.Duration(k.RebalanceTimeout),
		ReadAhead:         int64(k.ReadAhead),
		CommitInterval:    time.Duration(p.config.CommitInterval),
		Budget:            p.commits,
		Alone:             p.alone,
		DrainTimeout:      time.Duration(p.config.DrainTimeout),
		Sharing:           sharing(p.config, isolated),
	}
}

// Reading returns how the values of topics are read. The registry may be nil where no topic needs
// one.
func Reading(cfg *config.Config, registry *codec.Registry) func(topic string) bridge.Reading {
	lookup := cfg.TopicLookup()
	return func(topic string) bridge.Reading {
		t := lookup(topic)
		decoder, err := codec.NewDecoder(codec.Options{Format: codec.Format(t.Format), Registry: registry})
		if err != nil {
			panic("a format that was checked: " + err.Error()) // cannot happen
		}
		return bridge.Reading{Decoder: decoder, DeliverJSON: t.Deliver == config.DeliverJSON, Lenient: t.Invalid == config.InvalidUnmatched}
	}
}

// Registry returns the schema registry of a configuration; nil where it names none. It makes no
// request. Dial is that of a daemon's [Options].
func Registry(cfg *config.Config, health bridge.Health, log *zap.Logger, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*codec.Registry, error) {
	r := cfg.SchemaRegistry
	if len(r.URLs) == 0 {
		return nil, nil
	}
	const what = "schema registry"
	secure, err := r.TLS.Config()
	if err != nil {
		return nil, fmt.Errorf("schema_registry.tls: %w", err)
	}
	o := codec.RegistryOptions{
		URLs: r.URLs, TLS: secure, Timeout: time.Duration(r.Timeout), Dial: dial,
		OnTrouble:   func(text string) { health.Trouble(what, "records wait for schemas: "+text) },
		OnRecovered: func() { health.Recovered(what) },
		OnCrowded: func() {
			log.Warn("the schemas in use do not fit into memory; some are fetched and compiled again and again, which is slow; read fewer topics with schemas in one process",
				zap.Int("limit_bytes", codec.MaxMemory))
		},
	}
	if r.Username != "" {
		o.BasicAuth = func() (string, string, error) {
			password, err := r.BasicPassword()
			return r.Username, password.Reveal(), err
		}
	}
	if r.Token != "" || r.TokenFile != "" {
		o.BearerToken = func() (string, error) {
			token, err := r.BearerToken()
			return token.Reveal(), err
		}
	}
	return codec.NewRegistry(o)
}
