package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/kafka/opening"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
	"github.com/sluice-bridge/sluice/wiring/await"
)

// reloadTimeout bounds what a reload may wait for before it is given up.
const reloadTimeout = 30 * time.Second

// departTimeout bounds how long it is tried to say where groups begin, while they have left and nothing is read.
const departTimeout = 15 * time.Second

// Reload goes from the running configuration to another. Records in flight finish under the old
// one. Where what is read changes, the consumer groups concerned drain, leave and join again. An
// error means that nothing has changed.
func (d *Daemon) Reload(ctx context.Context, cfg *config.Config) error {
	err := d.reload(ctx, cfg)
	if errors.Is(err, errStopping) {
		d.log.Info("the new configuration is not applied", zap.Error(err))
		return err
	}
	if err != nil {
		d.reloads.failed()
		d.log.Error("the new configuration is refused; the running one stays", zap.Error(err))
		return err
	}
	d.reloads.succeeded()
	d.log.Info("configuration reloaded", zap.Strings("overridden_by", cfg.Overrides))
	return nil
}

// errStopping is for a reload that is overtaken by a stop.
var errStopping = errors.New("the bridge is stopping")

// Refused tells of a configuration that could not even be read.
func (d *Daemon) Refused(err error) {
	d.reloads.failed()
	d.log.Error("the new configuration is refused; the running one stays", zap.Error(err))
}

func (d *Daemon) reload(ctx context.Context, cfg *config.Config) error {
	if err := d.changing.Take(ctx); err != nil {
		return err
	}
	defer d.changing.Give()
	if d.plan == nil || len(d.groups) == 0 {
		return errors.New("the bridge is not running")
	}
	try, cancel := context.WithTimeout(ctx, reloadTimeout)
	defer cancel()
	defer context.AfterFunc(d.serving, cancel)() // a failure stops the bridge as well as a signal does
	p, err := d.compile(try, cfg, d.plan)
	if err != nil {
		return err
	}
	names := wiring.GroupNames(cfg)
	made := map[string]*parts{}
	next := map[string]*group{}
	moved := d.admin
	undo := func() {
		for name, m := range made {
			m.discard()
			if d.groups[name] == nil {
				next[name].close()
			}
		}
		if moved != d.admin {
			moved.Close()
		}
		p.closeRegistry(d.plan)
	}
	refuse := func(err error) error {
		undo()
		if d.serving.Err() != nil {
			return errStopping
		}
		return err
	}
	for name, isolated := range names {
		g := d.groups[name]
		if g == nil {
			g = newGroup(d, name, isolated)
		}
		next[name] = g
		if made[name], err = g.prepare(try, p); err != nil {
			delete(made, name)
			return refuse(err)
		}
	}
	if err = await.Success(try, d.vacancy(p, d.newcomers(p, names)).Try, func(error) {}); err != nil {
		return refuse(err)
	}
	more, err := d.lookUpMore(try, p, d.plan)
	if err != nil {
		return refuse(err)
	}
	known, err := d.lookAhead(try, p, next)
	if err != nil {
		return refuse(err)
	}
	if moved, err = d.admin.Moved(cfg.Admin); err != nil {
		return refuse(err)
	}
	ctx, cancel = context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.serving, cancel)()
	if err = d.depart(ctx, p, next, more); err != nil || d.serving.Err() != nil {
		d.takeBack(more)
		d.comeBack()
		return refuse(err)
	}
	// From here on nothing fails.
	if moved != d.admin {
		d.admin.Close()
		d.admin = moved
	}
	d.admin.Serve(cfg.Admin)
	d.take(ctx, p, next, made, known)
	return nil
}

// newcomers returns the consumer groups, among those of a plan, that this instance is not in.
func (d *Daemon) newcomers(p *plan, names map[string]string) (groups []string) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if d.groups[name] == nil || !sameGroups(d.plan.config, p.config) {
			groups = append(groups, name)
		}
	}
	return groups
}

// take swaps to a plan; known is how far the groups were a while ago.
func (d *Daemon) take(ctx context.Context, p *plan, next map[string]*group, made map[string]*parts, known map[string]handover.Reached) {
	for name, g := range d.groups {
		if next[name] == nil {
			g.close()
		}
	}
	retired := map[*group][]*retiree{} // from all groups, before a new lane is made
	for name, g := range next {
		retired[g] = g.retire(made[name])
	}
	ended := d.endEra(p)
	var unknown error
	if len(d.eras) > 0 {
		var reached map[string]handover.Reached
		reached, unknown = d.committed(ctx, p, next)
		maps.Copy(known, reached)
	}
	var swaps []consumer.Swap
	for _, g := range next {
		g.adopt(p, made[g.name])
		if g.source != nil {
			swaps = append(swaps, consumer.Swap{Source: g.source, Intake: g.pipeline, Sharing: wiring.Sharing(p.config, g.isolated)})
		}
	}
	consumer.SwapAll(swaps, func(all []handover.Reached) {
		if len(d.eras) == 0 {
			return
		}
		here := map[string]handover.Reached{}
		for i, s := range swaps {
			here[s.Group()] = all[i]
		}
		d.meet(ended, known, here, unknown)
	})
	for name, g := range next {
		if g.source == nil {
			if err := g.start(p); err != nil {
				d.fail(fmt.Errorf("restarting consumer group %s: %w", name, err))
			}
		}
		source := g.source
		for _, r := range retired[g] {
			d.retirees.Go(func() { r.see(d.retired, source, d.log) })
		}
	}
	d.plan.closeRegistry(p)
	d.groups, d.plan = next, p
	if level, err := zapcore.ParseLevel(string(p.config.Log.Level)); err == nil && d.opts.Level != nil {
		d.opts.Level.SetLevel(level)
	}
	d.show()
}

// depart has the consumer groups leave that do not go on as they are: those that the plan no longer
// has, all where something else is read, and the shared one where destinations come to it from a
// group of their own or get one. The former leave first, so that what they were not done with is
// known when the shared group, here or in another instance, takes it back. More is what begins newly. An error says
// that it is not known where the groups are to begin, and that those which have left are to come back.
func (d *Daemon) depart(ctx context.Context, p *plan, next map[string]*group, more *opening.Opening) error {
	d.move()
	rejoin := d.plan.readsDifferently(p)
	var fresh []string
	for name, g := range next {
		if d.groups[name] == nil && g.isolated != "" {
			fresh = append(fresh, g.isolated)
		}
	}
	d.leave(func(g *group) bool { return next[g.name] == nil })
	d.leave(func(g *group) bool {
		return next[g.name] != nil && (rejoin || g.isolated == "" && (len(fresh) > 0 || g.takesBack(p) || d.plan.moves(p)))
	})
	d.withdraw(ctx, d.plan, p, next)
	ctx, cancel := context.WithTimeout(ctx, departTimeout)
	defer cancel()
	if err := d.openMore(ctx, p, d.plan, more); err != nil {
		return err
	}
	for _, destination := range fresh {
		if err := d.seed(ctx, p, destination); err != nil {
			return err
		}
	}
	return nil
}

// takeBack removes where topics were to begin that are not read after all; nil for none.
func (d *Daemon) takeBack(more *opening.Opening) {
	if more == nil || d.serving.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(d.serving, await.TryTimeout)
	defer cancel()
	if err := more.TakeBack(ctx); err != nil {
		d.log.Warn("the start of new topics stays committed, although the configuration was refused; remove it with kafka-consumer-groups.sh --delete-offsets, or another start has no effect on them", zap.Error(err))
	}
}

// comeBack has the consumer groups that have left join again under the running plan, unless the bridge is told to stop.
func (d *Daemon) comeBack() {
	for name, g := range d.groups {
		if g.source != nil || d.serving.Err() != nil {
			continue
		}
		if err := g.start(d.plan); err != nil {
			d.fail(fmt.Errorf("restarting consumer group %s: %w", name, err))
		}
	}
	d.show()
}

// leave has groups leave, all at once. That is bounded by the drain timeout, from when the bridge is
// told to stop where that is sooner.
func (d *Daemon) leave(which func(*group) bool) {
	var leaving sync.WaitGroup
	for _, g := range d.groups {
		if which(g) {
			leaving.Go(g.leave)
		}
	}
	leaving.Wait()
}

// readsDifferently says whether another plan cannot go on with the same consumers.
func (p *plan) readsDifferently(other *plan) bool {
	a, b := p.config, other.config
	return !reflect.DeepEqual(a.Kafka, b.Kafka) ||
		!slices.Equal(a.Subscriptions(), b.Subscriptions()) ||
		a.Limits != b.Limits || a.CommitInterval != b.CommitInterval || a.CommitRate != b.CommitRate || a.DrainTimeout != b.DrainTimeout
}

// moves says whether an isolated destination leads elsewhere under another plan: the shared group notes where
// each does, and does so when it joins.
func (p *plan) moves(other *plan) bool {
	for name, d := range p.config.Destinations {
		if now, ok := other.config.Destinations[name]; ok && d.Isolated && now.Isolated && wiring.Place(d) != wiring.Place(now) {
			return true
		}
	}
	return false
}

// reloadMetrics tell of the configuration.
type reloadMetrics struct {
	total *prometheus.CounterVec
	last  prometheus.Gauge
}

func newReloadMetrics(reg prometheus.Registerer, version string) *reloadMetrics {
	m := &reloadMetrics{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "sluice", Name: "config_reloads_total",
			Help: "Reloads of the configuration by result: success or failure."}, []string{"result"}),
		last: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "sluice", Name: "config_last_reload_success_timestamp_seconds",
			Help: "When the running configuration was taken."}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "sluice", Name: "build_info",
		Help: "The running version; always 1."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.total.WithLabelValues("success")
	m.total.WithLabelValues("failure")
	m.last.SetToCurrentTime()
	reg.MustRegister(m.total, m.last, build)
	return m
}

func (m *reloadMetrics) succeeded() {
	m.total.WithLabelValues("success").Inc()
	m.last.SetToCurrentTime()
}

func (m *reloadMetrics) failed() { m.total.WithLabelValues("failure").Inc() }
