package daemon

import (
	"context"
	"reflect"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
)

// A message group may not overtake itself over a reload, whatever its destinations are called: what
// was read before is sent, or given up to be read again, before a lane to the same queue or topic
// sends what was read after.

// retiree is a lane of an earlier configuration, which gets no more records.
type retiree struct {
	lane   *delivery.Lane
	config config.Destination
	gone   chan struct{} // closed when it holds nothing any more
}

// keeps says whether the lane of a destination serves on under a plan as it is. One of several
// lanes to a FIFO queue or topic does not where rules change: a record may now come to it whose
// predecessor another one holds, or to another one whose predecessor it holds. Nor does that of dead letters
// where they are to go elsewhere: it may hold some that it cannot send. Nothing has changed yet.
func (g *group) keeps(p *plan, name string) bool {
	e := g.lanes[name]
	if e == nil || !e.config.Equal(p.config.Destinations[name]) {
		return false
	}
	if g.d.plan.config.DeadLetter.Destination == name && p.config.DeadLetter.Destination != name {
		return false
	}
	return !e.config.FIFO() || g.d.plan.decidesAs(p) || !g.d.shares(g, name) && !wiring.Shared(p.config, e.config)
}

// decidesAs says whether another plan sends each record where this one does.
func (p *plan) decidesAs(other *plan) bool {
	a, b := p.config, other.config
	return reflect.DeepEqual(a.Routing(), b.Routing()) && reflect.DeepEqual(a.Topics, b.Topics) && a.Tombstones == b.Tombstones
}

// shares says whether rules send, in any group, to the place of a destination of this one by another
// lane as well.
func (d *Daemon) shares(g *group, name string) bool {
	for _, other := range d.groups {
		for n, e := range other.lanes {
			if (other != g || n != name) && other.routes(d.plan.config, n) && e.config.SamePlace(g.lanes[name].config) {
				return true
			}
		}
	}
	return false
}

// retire takes out the lanes that do not serve on. They still get records, until the pipeline of the
// plan is in place; then see is to be called.
func (g *group) retire(made *parts) (retired []*retiree) {
	for name, e := range g.lanes {
		if !made.kept[name] {
			retired = append(retired, &retiree{lane: e.lane, config: e.config, gone: make(chan struct{})})
		}
	}
	g.d.leaving = append(g.d.leaving, retired...)
	return retired
}

// before returns what a new lane to a destination has to wait for: the lanes of any group and any
// earlier configuration that may hold records for the same place, or for the same name, which is
// how a mistyped address is corrected. Order apart, that is for what has to be read again: of it the
// new lane has sent nothing then.
func (d *Daemon) before(dest config.Destination) (after []<-chan struct{}) {
	d.leaving = slices.DeleteFunc(d.leaving, func(r *retiree) bool {
		select {
		case <-r.gone:
			return true
		default:
			return false
		}
	})
	for _, r := range d.leaving {
		if r.config.Name == dest.Name || r.config.SamePlace(dest) {
			after = append(after, r.gone)
		}
	}
	return after
}

const (
	// strandedAfter is how long a retired lane may be failing, and what it holds become no less, before
	// its records are read again under the new configuration: a destination that fails is what a
	// reload is often there to correct, or to remove.
	strandedAfter = 5 * time.Second
	// stalledAfter is the same where it does not fail: twice what a request may take, and enough for a
	// lane that is throttled to about one request a second.
	stalledAfter = 2 * wiring.RequestTimeout
	// strandedCheck is how often that is looked at.
	strandedCheck = 250 * time.Millisecond
)

// standstill is since when a retired lane has got no further.
type standstill struct {
	held  int
	since time.Time
}

// over says whether the lane has stood still for too long.
func (s *standstill) over(left delivery.Left, now time.Time) bool {
	if left.Behind || left.Held != s.held || s.since.IsZero() {
		s.held, s.since = left.Held, now
	}
	limit := stalledAfter
	if left.Failing {
		limit = strandedAfter
	}
	return now.Sub(s.since) >= limit
}

// see waits until the lane has sent all it held, and ends it. Records that cannot be sent are read
// again and routed anew, whatever the reason: nobody else would correct it.
func (r *retiree) see(ctx context.Context, source *consumer.Source, log *zap.Logger) {
	defer close(r.gone)
	defer r.lane.Close()
	idle := r.lane.Retire()
	tick := time.NewTicker(strandedCheck)
	defer tick.Stop()
	var still standstill
	for {
		select {
		case <-idle:
			return
		case <-ctx.Done():
			return
		case now := <-tick.C:
			// What is in a request may be taken yet.
			if parts := r.lane.Waiting(); still.over(r.lane.Left(), now) && len(parts) > 0 && source != nil {
				log.Warn("a destination of the earlier configuration accepts nothing; the partitions whose records wait for it are read again",
					zap.String("destination", r.config.Name), zap.Int("partitions", len(parts)))
				source.Rewind(parts)
				still.since = now
			}
			r.lane.Sweep()
		}
	}
}
