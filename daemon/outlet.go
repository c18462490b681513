package daemon

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/health"
	"github.com/sluice-bridge/sluice/routing"
)

// Outlet sends to the destinations of a configuration as the bridge does, with the same lanes and
// dead letters, and belongs to no consumer group: it is for what is sent again on purpose. An
// isolated destination is one like the others.
type Outlet struct {
	d      *Daemon
	plan   *plan
	group  *group
	window *offsets.Window
}

// OutletOptions say what an outlet is made of.
type OutletOptions struct {
	Log *zap.Logger
	// Destinations are those that are sent to.
	Destinations []string
	// Patience bounds the look-up of a destination, and of the dead-letter topic.
	Patience time.Duration
	// Dial is that of a daemon's [Options].
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// OpenOutlet looks up the destinations and starts their lanes. The error says which destination, or
// dead-letter topic, cannot be used.
func OpenOutlet(ctx context.Context, cfg *config.Config, o OutletOptions) (*Outlet, error) {
	d := New(Options{Log: o.Log, Dial: o.Dial})
	p, err := d.compile(ctx, cfg, nil)
	if err != nil {
		return nil, err
	}
	g := newGroup(d, cfg.Kafka.Group, "")
	g.only = map[string]bool{}
	for _, name := range o.Destinations {
		g.only[name] = true
	}
	out := &Outlet{d: d, plan: p, group: g, window: offsets.NewWindow(cfg.Limits.InFlight, int64(cfg.Limits.InFlightBytes))}
	if err := out.open(ctx, o.Patience); err != nil {
		g.cancelLetters()
		p.closeRegistry(nil)
		return nil, err
	}
	return out, nil
}

func (o *Outlet) open(ctx context.Context, patience time.Duration) error {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	made, err := o.group.prepare(wait, o.plan)
	if err != nil {
		return err
	}
	for _, name := range o.plan.config.DestinationNames() {
		sink := made.sinks[name]
		if sink == nil {
			continue
		}
		if _, err := sink.Open(wait); err != nil {
			made.discard()
			return fmt.Errorf("destination %s cannot be opened: %w", name, err)
		}
	}
	o.group.adopt(o.plan, made)
	return nil
}

// Pipeline returns a new way to the lanes, with what change makes of its options.
func (o *Outlet) Pipeline(change func(*pipeline.PipelineOptions)) *pipeline.Pipeline {
	opts := o.group.pipeline.PipelineOptions
	change(&opts)
	return pipeline.NewPipeline(opts)
}

// Lanes is how many destinations there are.
func (o *Outlet) Lanes() int { return len(o.group.lanes) }

// Window bounds what is in flight.
func (o *Outlet) Window() *offsets.Window { return o.window }

// Table is what the rules are compiled to.
func (o *Outlet) Table() *routing.Table { return o.plan.table }

// Target returns a destination and the rule that named it by their names, as the routing table has
// them. A rule that is none, or is no more, leaves the destination's own attributes.
func (o *Outlet) Target(destination, rule string) routing.Target {
	return routing.Target{Destination: slices.Index(o.plan.config.DestinationNames(), destination), Rule: slices.Index(o.plan.rules, rule)}
}

// Problems are what keeps messages from being taken, for the moment or for good.
func (o *Outlet) Problems() []health.Problem { return o.d.board.Problems() }

// Sent is what has become of messages.
type Sent struct {
	// Acknowledged and DeadLettered are messages by destination.
	Acknowledged map[string]int64 `json:"acknowledged"`
	DeadLettered map[string]int64 `json:"dead_lettered"`
	// Dropped are records that a rule, or the policy for tombstones, dropped.
	Dropped int64 `json:"dropped"`
	// Letters are dead letters that are acknowledged, by reason.
	Letters map[string]int64 `json:"dead_letters"`
}

// Sent counts what has become of messages so far.
func (o *Outlet) Sent() (Sent, error) {
	s := Sent{Acknowledged: map[string]int64{}, DeadLettered: map[string]int64{}, Letters: map[string]int64{}}
	families, err := o.d.registry.Gather()
	if err != nil {
		return s, err
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := prometheus.Labels{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			n := int64(m.GetCounter().GetValue())
			switch {
			case n == 0:
			case f.GetName() == "sluice_records_dropped_total":
				s.Dropped += n
			case f.GetName() == "sluice_dead_letters_total":
				s.Letters[labels["reason"]] += n
			case f.GetName() == "sluice_deliveries_total" && labels["outcome"] == "acknowledged":
				s.Acknowledged[labels["destination"]] += n
			case f.GetName() == "sluice_deliveries_total":
				s.DeadLettered[labels["destination"]] += n
			}
		}
	}
	return s, nil
}

// Close ends the lanes; what they have not sent is not sent.
func (o *Outlet) Close() {
	o.group.close()
	o.plan.closeRegistry(nil)
}
