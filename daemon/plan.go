package daemon

import (
	"context"
	"net"
	"reflect"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/commit"
	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/turn"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/wiring"
)

// plan is a configuration compiled: everything that can fail is done when there is one.
type plan struct {
	config       *config.Config
	table        *routing.Table
	correlation  *routing.Correlation
	destinations []message.Destination // by index in the table
	session      *awsapi.Session
	registry     *codec.Registry // nil where there is none
	commits      *commit.Budget
	alone        turn.Turn
	made         time.Time
	dial         func(ctx context.Context, network, address string) (net.Conn, error) // nil: the system's network
	// starts are where partitions begin of which a group has no offset, in what is new to it.
	starts kadm.Offsets
}

// compile makes a plan. A schema registry that is as before is taken over from the plan before, which
// may be nil.
func (d *Daemon) compile(ctx context.Context, cfg *config.Config, before *plan) (*plan, error) {
	made := time.Now()
	session, err := wiring.Session(ctx, cfg, d.opts.Dial)
	if err != nil {
		return nil, err
	}
	registry, err := d.registryAfter(before, cfg)
	if err != nil {
		return nil, err
	}
	p := &plan{config: cfg, dial: d.opts.Dial, registry: registry, commits: budgetAfter(before, cfg), alone: d.alone, table: cfg.Table(), correlation: cfg.CorrelationIDs(), session: session, destinations: wiring.Destinations(cfg, before.replaced()), made: made}
	return p, nil
}

// registryAfter returns the registry of the plan before where that serves on, else a new one.
func (d *Daemon) registryAfter(before *plan, cfg *config.Config) (*codec.Registry, error) {
	if before != nil && reflect.DeepEqual(before.config.SchemaRegistry, cfg.SchemaRegistry) {
		return before.registry, nil
	}
	return wiring.SchemaRegistry(cfg, d.board, d.log, d.opts.Dial)
}

// budgetAfter returns the budget of commits of the plan before where that serves on, else a new one: all
// consumer groups share one.
func budgetAfter(before *plan, cfg *config.Config) *commit.Budget {
	if before != nil && before.config.CommitRate == cfg.CommitRate {
		return before.commits
	}
	return commit.NewBudget(cfg.CommitRate)
}

// replaced says what the plan's destinations were, to those that follow them; nil of no plan.
func (p *plan) replaced() *wiring.Replaced {
	if p == nil {
		return nil
	}
	return &wiring.Replaced{Config: p.config, Destinations: p.destinations}
}

func (p *plan) dropsTombstones() bool { return p.config.Tombstones == config.DropTombstones }

// closeRegistry ends the registry of a plan, unless the one that follows it has taken it over.
func (p *plan) closeRegistry(next *plan) {
	if p.registry != nil && (next == nil || next.registry != p.registry) {
		p.registry.Close()
	}
}

// sink makes the sink of a destination. It makes no request.
func (p *plan) sink(d config.Destination) (sink.Sink, error) {
	return wiring.NewSink(p.session, d)
}

func (p *plan) connection() kafka.Connection {
	c := wiring.Connection(p.config, p.session)
	c.Dial = p.dial
	return c
}

// sourceOptions returns what a consumer group reads.
func (p *plan) sourceOptions(group, isolated string) consumer.Options {
	k := p.config.Kafka
	return consumer.Options{
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
		Sharing:           wiring.Sharing(p.config, isolated),
	}
}
