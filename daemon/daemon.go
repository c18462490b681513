package daemon

import (
	"context"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/daemon/admin"
	"github.com/sluice-bridge/sluice/health"
	"github.com/sluice-bridge/sluice/internal/turn"
	"github.com/sluice-bridge/sluice/telemetry"
	"github.com/sluice-bridge/sluice/wiring"
	"github.com/sluice-bridge/sluice/wiring/await"
)

// Options for a daemon.
type Options struct {
	Log *zap.Logger
	// Level is changed when a reload changes log.level; nil where the level is fixed.
	Level *zap.AtomicLevel
	// Version is shown in the build information.
	Version string
	// Dial connects to brokers, AWS and the schema registry; nil for the system's network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Daemon is a running bridge.
type Daemon struct {
	opts     Options
	log      *zap.Logger
	board    *health.Registry
	registry *prometheus.Registry
	observer *telemetry.Observer
	reloads  *reloadMetrics
	started  time.Time
	alone    turn.Turn                 // of all groups, over reloads
	fatal    chan error                // capacity 1
	stopping atomic.Pointer[time.Time] // since when; nil before
	// serving ends when the bridge is told to stop, and has all groups drain at once, one that a reload
	// just starts as well. aborted has them leave as they are. Both are of Run.
	serving, aborted context.Context

	// changing is held through a start, a reload and a stop: one at a time.
	changing turn.Turn
	plan     *plan
	groups   map[string]*group
	admin    *admin.Listener
	retirees sync.WaitGroup
	// leaving are the lanes of earlier configurations that may still hold records.
	leaving []*retiree
	// eras are plans that were replaced, and whose rules still decide on some records, the oldest first.
	eras    []*era
	retired context.Context // ends the wait for lanes of earlier configurations
	give    context.CancelFunc

	heart heart
	// view is what others may look at: the current groups.
	view struct {
		sync.Mutex
		sources []*consumer.Source
		// moving is since when a reload has groups leave and join; zero where none does.
		moving time.Time
		// drain is the current drain timeout.
		drain time.Duration
	}
}

// New returns a daemon that does nothing yet.
func New(opts Options) *Daemon {
	d := &Daemon{
		opts:     opts,
		log:      opts.Log,
		board:    health.NewRegistry(opts.Log),
		registry: prometheus.NewRegistry(),
		started:  time.Now(),
		alone:    turn.New(),
		fatal:    make(chan error, 1),
		groups:   map[string]*group{},
		changing: turn.New(),
	}
	d.observer = telemetry.New(d.board, d.registry, d.log)
	d.reloads = newReloadMetrics(d.registry, opts.Version)
	d.registry.MustRegister(collector{d})
	d.retired, d.give = context.WithCancel(context.Background())
	d.serving, d.aborted = context.Background(), context.Background()
	return d
}

// Registry holds the metrics.
func (d *Daemon) Registry() *prometheus.Registry { return d.registry }

// Board is what is wrong now.
func (d *Daemon) Board() *health.Registry { return d.board }

// Lag returns the records between what is settled and the end of the partitions owned now.
func (d *Daemon) Lag() int64 {
	var lag int64
	for _, s := range d.sources() {
		lag += s.Lag()
	}
	return lag
}

// Run runs the bridge until ctx ends, and then stops in good order: what is in flight is drained
// within the drain timeout, offsets are committed, the groups are left. When abort ends it stops
// at once. An error says why the bridge cannot run.
func (d *Daemon) Run(ctx, abort context.Context, cfg *config.Config) error {
	serving, stop := context.WithCancel(ctx)
	defer stop()
	d.serving, d.aborted = serving, abort
	notify := startNotifying(d)
	if err := d.begin(ctx, cfg); err != nil {
		notify.stopping()
		if ctx.Err() != nil {
			err = nil // told to stop before it could start
		}
		stop()
		d.end()
		return err
	}
	d.log.Info("running", zap.Strings("brokers", cfg.Kafka.Brokers), zap.String("group", cfg.Kafka.Group),
		zap.Strings("topics", cfg.Subscriptions()), zap.Strings("destinations", cfg.DestinationNames()), zap.Strings("overridden_by", cfg.Overrides))
	notify.ready()
	var err error
	select {
	case <-ctx.Done():
		d.log.Info("stopping: draining what is in flight", zap.Duration("drain_timeout", d.drainTimeout()))
	case err = <-d.fatal:
		d.log.Error("stopping after an error", zap.Error(err))
	}
	now := time.Now()
	d.stopping.Store(&now)
	notify.stopping()
	stop() // of which a reload that is under way hears, too
	d.end()
	d.log.Info("stopped")
	return err
}

// begin starts everything that the configuration asks for.
func (d *Daemon) begin(ctx context.Context, cfg *config.Config) error {
	if err := d.changing.Take(ctx); err != nil {
		return err
	}
	defer d.changing.Give()
	var err error
	if d.admin, err = admin.Start(d, cfg.Admin, d.log); err != nil {
		return err
	}
	p, err := d.compile(ctx, cfg, nil)
	if err != nil {
		return err
	}
	d.plan = p
	names := wiring.GroupNames(cfg)
	if err := await.Reported(ctx, d.board, "group "+cfg.Kafka.Group, "starting", d.vacancy(p, slices.Sorted(maps.Keys(names))).Try); err != nil {
		return err
	}
	for name, isolated := range names {
		g := newGroup(d, name, isolated)
		made, err := g.prepare(ctx, p)
		if err != nil {
			return err
		}
		g.adopt(p, made)
		d.groups[name] = g
	}
	if err := d.open(ctx, p, d.opening(p, cfg.Subscriptions(), leaderPatience)); err != nil {
		return err
	}
	d.withdrawEarlier(ctx, p)
	for _, g := range d.groups {
		if g.isolated == "" {
			continue
		}
		if err := d.seed(ctx, p, g.isolated); err != nil {
			return err
		}
	}
	d.tellBehind(ctx, p, d.groups)
	for _, g := range d.groups {
		if err := g.start(p); err != nil {
			return err
		}
	}
	d.show()
	return nil
}

// end stops everything, once serving has ended.
func (d *Daemon) end() {
	_ = d.changing.Take(context.Background()) // whatever is under way hears of the stop
	defer d.changing.Give()
	d.leave(func(*group) bool { return true })
	d.give()
	d.retirees.Wait()
	for _, g := range d.groups {
		g.close()
	}
	d.groups = map[string]*group{}
	if d.plan != nil {
		d.plan.closeRegistry(nil)
	}
	d.show()
	d.admin.Close()
}

// seed lets the group of an isolated destination begin where the shared group is with it. After an error
// nothing may be read, as after one of open.
func (d *Daemon) seed(ctx context.Context, p *plan, destination string) error {
	group := p.config.OwnGroup(destination)
	return await.Reported(ctx, d.board, "group "+group, "giving it the offsets of the shared group", func(ctx context.Context) error {
		return handover.Seed(ctx, p.connection(), p.config.Kafka.Group, wiring.Sharing(p.config, ""), destination, d.log)
	})
}

// fail ends Run with an error.
func (d *Daemon) fail(err error) {
	select {
	case d.fatal <- err:
	default:
	}
}

// show makes the current sources visible. Called with changing held.
func (d *Daemon) show() {
	d.view.Lock()
	defer d.view.Unlock()
	d.view.sources, d.view.moving = nil, time.Time{}
	if d.plan != nil {
		d.view.drain = time.Duration(d.plan.config.DrainTimeout)
	}
	for _, g := range d.groups {
		if g.source != nil {
			d.view.sources = append(d.view.sources, g.source)
		}
	}
}

// hide takes a source that has left out of sight: nobody expects progress of it.
func (d *Daemon) hide(s *consumer.Source) {
	d.view.Lock()
	defer d.view.Unlock()
	d.view.sources = slices.DeleteFunc(slices.Clone(d.view.sources), func(other *consumer.Source) bool { return other == s })
}

// move notes that a reload has groups leave.
func (d *Daemon) move() {
	d.view.Lock()
	defer d.view.Unlock()
	d.view.moving = time.Now()
}

// movingSince is since when a reload has groups leave and join; zero where none does.
func (d *Daemon) movingSince() time.Time {
	d.view.Lock()
	defer d.view.Unlock()
	return d.view.moving
}

func (d *Daemon) drainTimeout() time.Duration {
	d.view.Lock()
	defer d.view.Unlock()
	return d.view.drain
}

func (d *Daemon) sources() []*consumer.Source {
	d.view.Lock()
	defer d.view.Unlock()
	return d.view.sources
}
