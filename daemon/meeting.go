package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/wiring"
)

// Rules that a reload replaces decide on, until all consumer groups have come to where the foremost was: else a
// record that moves from the destination of one group to that of another would go nowhere, or to both
// ([pipeline.Earlier]). So it is within the shared group, while that is behind with a destination that it has taken back.

// era is a plan that was replaced, and where its rules end.
type era struct {
	plan     *plan
	foremost handover.Foremost
	moved    []string // the rules that may move records between groups
}

const (
	// mostEras is how many earlier plans decide at the most: a group that never gets on must not keep
	// all that there ever were.
	mostEras = 16
	// reachedTimeout bounds the look-up of how far groups are.
	reachedTimeout = 10 * time.Second
)

// endEra notes that a plan is replaced. Where that is, take finds out (meet).
func (d *Daemon) endEra(p *plan) *era {
	was := d.plan.config
	if was.Kafka.Group != p.config.Kafka.Group {
		d.eras = nil // of other groups, which are at no offset of these
		return nil
	}
	if d.plan.decidesAs(p) {
		return nil
	}
	e := &era{plan: d.plan, moved: movedRules(was, p.config)}
	d.eras = append(d.eras, e)
	return e
}

// committed returns how far the groups of two plans are by what they have committed, those of which that can be
// looked up. The error tells of the others.
func (d *Daemon) committed(ctx context.Context, p *plan, next map[string]*group) (map[string]handover.Reached, error) {
	names := map[string]bool{}
	for _, groups := range []map[string]*group{d.groups, next} {
		for name := range groups {
			names[name] = true
		}
	}
	ctx, cancel := context.WithTimeout(ctx, reachedTimeout)
	defer cancel()
	reached, err := handover.LookUp(ctx, p.connection(), p.config.Kafka.Group, wiring.Sharing(p.config, ""), slices.Sorted(maps.Keys(names)))
	if reached == nil {
		reached = map[string]handover.Reached{}
	}
	return reached, err
}

// lookAhead returns how far the groups are, where that will matter to a plan; an error where it cannot be known of one
// of several.
func (d *Daemon) lookAhead(ctx context.Context, p *plan, next map[string]*group) (map[string]handover.Reached, error) {
	if len(d.groups) < 2 && len(next) < 2 || d.plan.decidesAs(p) {
		return map[string]handover.Reached{}, nil
	}
	reached, err := d.committed(ctx, p, next)
	for name, g := range d.groups {
		if reached[name] == nil && (g.source == nil || !g.source.Owns()) {
			return nil, fmt.Errorf("the rules change, and it cannot be looked up how far consumer group %s is, of which this instance reads nothing now: records that move from one group to another could get lost; try again when Kafka answers: %w", name, err)
		}
	}
	return reached, nil
}

// meet says where the rules of an era end that has just ended, if one has: where the foremost group is, by what is
// committed and by what is read here. It forgets those that all groups have passed, unless it is unknown what some have
// committed.
func (d *Daemon) meet(e *era, reached, here map[string]handover.Reached, unknown error) {
	elsewhere := 0 // partitions that other instances read
	for name, r := range here {
		_, n := r.Behind(handover.ForemostOf(map[string]handover.Reached{name: reached[name]}))
		elsewhere += n
		if reached[name] == nil {
			reached[name] = handover.Reached{}
		}
		reached[name].Correct(r)
	}
	if e != nil && (unknown != nil || handover.Uneven(reached)) {
		e.foremost = handover.ForemostOf(reached)
	}
	if unknown == nil {
		d.eras = slices.DeleteFunc(d.eras, func(e *era) bool { return e.foremost.Passed(reached) })
	}
	if len(d.eras) > mostEras {
		d.log.Warn("the rules changed too often while a consumer group lags: the oldest rules no longer decide on what it has not read yet")
		d.eras = d.eras[1:]
	}
	if e == nil || len(e.moved) == 0 {
		return
	}
	for name, r := range reached {
		if n, partitions := r.Behind(e.foremost); n > 0 {
			d.log.Info("the rules have changed while a consumer group is behind another: records that move from one to the other go by the earlier rules up to the offset of the other",
				zap.Strings("rules", e.moved), zap.String("group", name), zap.Int64("records", n), zap.Int("partitions", partitions))
		}
	}
	if unknown != nil {
		d.log.Warn("the offsets of the consumer groups cannot be looked up: in partitions that other instances read, records that the new rules move from one group to another may get lost", zap.Error(unknown))
	}
	if elsewhere > 0 {
		d.log.Warn("the rules of several consumer groups have changed, and other instances read some of their partitions: until these have reloaded too, records that move from one group to another may go to neither, or to both",
			zap.Strings("rules", e.moved), zap.Int("partitions", elsewhere))
	}
}

// tellBehind tells at a start of groups of destinations that are behind others: earlier rules, if there were any,
// are not known.
func (d *Daemon) tellBehind(ctx context.Context, p *plan, groups map[string]*group) {
	if len(groups) < 2 {
		return
	}
	reached, err := d.committed(ctx, p, groups)
	if err != nil {
		return // the groups tell of that
	}
	foremost := handover.ForemostOf(reached)
	for name, r := range reached {
		if n, partitions := r.Behind(foremost); n > 0 {
			d.log.Info("a consumer group is behind another: if rules were moved between their destinations while no instance ran, records that it has not read yet go to neither, or to both",
				zap.String("group", name), zap.Int64("records", n), zap.Int("partitions", partitions))
		}
	}
}

// earlier returns the rules that still decide in the groups of a plan.
func (d *Daemon) earlier(p *plan) (all []pipeline.EarlierOptions) {
	for _, e := range d.eras {
		was := e.plan
		reading := wiring.Reading(p.config, p.registry)
		if was.registry == p.registry {
			reading = wiring.Reading(was.config, was.registry)
		} // else what read by it is closed
		all = append(all, pipeline.EarlierOptions{
			Encoder:        message.NewEncoder(was.table, was.correlation, was.destinations),
			Reading:        reading,
			DropTombstones: was.dropsTombstones(),
			Until:          func(part *offsets.Tracker) int64 { return e.foremost.Until(part) }, // known after the pipeline is made
		})
	}
	return all
}

// standsIn says whether a group sends to the destinations of others what was to go to one of its own that is
// no more. That is the shared one: another ends with its destination.
func (g *group) standsIn(p *plan) bool {
	if g.isolated != "" {
		return false
	}
	plans := []*plan{g.d.plan}
	for _, e := range g.d.eras {
		plans = append(plans, e.plan)
	}
	for _, was := range plans {
		for name, d := range was.config.Destinations {
			if _, still := p.config.Destinations[name]; !still && !d.Isolated {
				return true
			}
		}
	}
	return false
}
