package daemon

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
	"github.com/sluice-bridge/sluice/bridge/kafka/deadletter"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
	"github.com/sluice-bridge/sluice/wiring/await"
)

// group is one consumer group: the shared one, or that of an isolated destination. It has lanes of
// its own, so that nothing of it waits for another.
type group struct {
	name     string
	isolated string // the destination, or empty for the shared group
	d        *Daemon

	source  *consumer.Source
	stop    context.CancelFunc // of the source: drain and leave
	abort   context.CancelFunc // of the source: leave at once
	stopped chan struct{}

	letters       *delivery.DeadLetters
	writer        *deadletter.Producer // nil where dead letters go to a destination
	cancelLetters context.CancelFunc

	lanes    map[string]*laneEntry
	pipeline *pipeline.Pipeline
}

// laneEntry is a lane and what it was made of.
type laneEntry struct {
	lane   *delivery.Lane
	config config.Destination
}

// serves says whether a group has a lane to a destination: to what it routes to, and to that of its dead
// letters. One that stands in for others has lanes to all.
func (g *group) serves(cfg *config.Config, destination string) bool {
	return destination == cfg.DeadLetter.Destination || g.routes(cfg, destination)
}

// routes says whether it is this group that sends a destination what the rules send there.
func (g *group) routes(cfg *config.Config, destination string) bool {
	if g.isolated != "" {
		return destination == g.isolated
	}
	return !cfg.Destinations[destination].Isolated
}

func newGroup(d *Daemon, name, isolated string) *group {
	ctx, cancel := context.WithCancel(context.Background())
	return &group{
		name: name, isolated: isolated, d: d,
		letters:       delivery.NewDeadLetters(ctx, d.observer),
		cancelLetters: cancel,
		lanes:         map[string]*laneEntry{},
	}
}

// parts are what a group needs for a plan, made before anything changes.
type parts struct {
	kept   map[string]bool      // the destinations whose lanes serve on
	sinks  map[string]sink.Sink // of the lanes that are new
	writer *deadletter.Producer // nil where there is no new one
}

// prepare makes what can fail. Nothing of the group changes.
func (g *group) prepare(ctx context.Context, p *plan) (*parts, error) {
	out := &parts{kept: map[string]bool{}, sinks: map[string]sink.Sink{}}
	standsIn := g.standsIn(p)
	for _, name := range p.config.DestinationNames() {
		dest := p.config.Destinations[name]
		if !standsIn && !g.serves(p.config, name) {
			continue
		}
		if g.keeps(p, name) {
			out.kept[name] = true
			continue
		}
		sink, err := p.sink(dest)
		if err != nil {
			out.discard()
			return nil, fmt.Errorf("destinations.%s: %w", name, err)
		}
		out.sinks[name] = sink
	}
	if p.config.DeadLetter.Kafka == "" || g.keepsWriter(p) {
		return out, nil
	}
	writer, err := deadletter.NewProducer(p.connection(), p.config.DeadLetter.Kafka, g.d.log)
	if err == nil {
		out.writer = writer
		err = await.DeadLetterTopic(ctx, writer, p.config.Subscriptions(), g.d.board, g.d.log)
	}
	if err != nil {
		out.discard()
		return nil, err
	}
	return out, nil
}

func (p *parts) discard() {
	for _, s := range p.sinks {
		s.Close()
	}
	if p.writer != nil {
		p.writer.Close()
	}
}

// keepsWriter says whether dead letters go on to the same topic by the same producer: a new one would
// take over letters of which the old one does not know yet whether they are written, and write them
// again.
func (g *group) keepsWriter(p *plan) bool {
	if g.writer == nil {
		return false
	}
	was := g.d.plan.config
	return was.DeadLetter == p.config.DeadLetter && reflect.DeepEqual(was.Kafka, p.config.Kafka)
}

// adopt makes the pipeline of a plan, with new lanes where destinations changed. They begin when
// those that retire to the same places have sent what they hold.
func (g *group) adopt(p *plan, made *parts) {
	lanes, standIns := make([]*delivery.Lane, len(p.destinations)), make([]*delivery.Lane, len(p.destinations))
	next := map[string]*laneEntry{}
	for i, dest := range p.destinations {
		cfg := p.config.Destinations[dest.Name]
		switch {
		case !made.kept[dest.Name] && made.sinks[dest.Name] == nil:
			continue // another group's
		case made.kept[dest.Name]:
			next[dest.Name] = g.lanes[dest.Name]
		default:
			opts := wiring.LaneOptions(cfg, dest, g.d.before(cfg))
			if g.isolated != "" {
				opts.Group = g.name
			}
			lane := delivery.NewLane(opts, made.sinks[dest.Name], g.letters, g.d.observer)
			next[dest.Name] = &laneEntry{lane, cfg}
		}
		if g.routes(p.config, dest.Name) {
			lanes[i] = next[dest.Name].lane
		} else if cfg.Isolated {
			standIns[i] = next[dest.Name].lane
		}
	}
	g.lanes = next
	if !g.keepsWriter(p) {
		g.redirect(p, made.writer)
	}
	g.pipeline = pipeline.New(pipeline.Options{
		Group:          g.name,
		Encoder:        message.NewEncoder(p.table, p.correlation, p.destinations),
		Lanes:          lanes,
		StandIns:       standIns,
		Earlier:        g.d.earlier(p),
		Topics:         p.config.Subscriptions(),
		Reading:        wiring.Reading(p.config, p.registry),
		DropTombstones: p.dropsTombstones(),
		Secondary:      g.isolated != "",
		Letters:        g.letters,
		Observer:       g.d.observer,
	})
}

// lettersFinish is how long an earlier producer of dead letters may take to write what it was given.
// Then that is written by the new one: brokers that are gone would hold it, and those who write it,
// for ever.
const lettersFinish = 10 * time.Second

// redirect sends dead letters where a plan says, and lets the earlier producer finish.
func (g *group) redirect(p *plan, writer *deadletter.Producer) {
	if writer != nil {
		g.letters.ToKafka(writer)
	} else {
		g.letters.ToLane(g.lanes[p.config.DeadLetter.Destination].lane)
	}
	if old := g.writer; old != nil {
		g.d.retirees.Go(func() {
			finish, cancel := context.WithTimeout(g.d.retired, lettersFinish)
			defer cancel()
			old.Retire(finish)
		})
	}
	g.writer = writer
}

// start begins to read with the pipeline that adopt made.
func (g *group) start(p *plan) error {
	window := offsets.NewWindow(p.config.Limits.InFlight, int64(p.config.Limits.InFlightBytes))
	opts := p.sourceOptions(g.name, g.isolated)
	source, err := consumer.New(opts, g.pipeline, window, g.d.observer)
	if err != nil {
		return err
	}
	stop, cancelStop := context.WithCancel(g.d.serving)
	abort, cancelAbort := context.WithCancel(g.d.aborted)
	g.stop, g.abort = cancelStop, cancelAbort
	g.source, g.stopped = source, make(chan struct{})
	go func() {
		defer close(g.stopped)
		if err := source.Run(stop, abort); err != nil {
			g.d.fail(err)
		}
	}()
	return nil
}

// takesBack says whether a plan gives the shared group a destination that had a group of its own.
func (g *group) takesBack(p *plan) bool {
	for _, name := range p.config.DestinationNames() {
		if !p.config.Destinations[name].Isolated && g.d.plan.config.Destinations[name].Isolated {
			return true
		}
	}
	return g.source != nil && g.source.TakesBack(wiring.Sharing(p.config, ""))
}

// leave drains, commits and leaves the group, at once where the bridge is told to. The lanes live on.
func (g *group) leave() {
	if g.source == nil {
		return
	}
	g.stop()
	<-g.stopped
	g.abort() // frees its context
	g.d.hide(g.source)
	g.source = nil
}

// close ends the lanes and dead letters of a group that has left.
func (g *group) close() {
	for _, e := range g.lanes {
		e.lane.Close()
	}
	g.cancelLetters()
	g.letters.Wait()
	if g.writer != nil {
		g.writer.Close()
	}
}
