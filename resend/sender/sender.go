package sender

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/kafka/deadletter"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/health"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/telemetry"
	"github.com/sluice-bridge/sluice/wiring"
	"github.com/sluice-bridge/sluice/wiring/await"
)

// Options say what a sender is made of.
type Options struct {
	Log *zap.Logger
	// Destinations are those that are sent to, isolated or not.
	Destinations []string
	// Timeout bounds the look-up of all destinations, and of the dead-letter topic.
	Timeout time.Duration
	// Dial connects to brokers, AWS and the schema registry; nil for the system's network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Sender has lanes to destinations, and dead letters. An isolated destination is one like the others.
type Sender struct {
	config   *config.Config
	log      *zap.Logger
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	problems *health.Registry
	observer *telemetry.Observer
	window   *offsets.Window
	pipeline pipeline.Options // of each
	names    []string         // of the destinations
	rules    []string         // by name

	session  *awsapi.Session
	registry *codec.Registry // nil where there is none

	lanes      []*delivery.Lane // all, with that of the dead letters
	letters    *delivery.DeadLetters
	producer   *deadletter.Producer // nil where dead letters go to a destination
	endLetters context.CancelFunc
}

// Open looks up the destinations and starts their lanes. The error says which destination, or dead-letter topic,
// cannot be used.
func Open(ctx context.Context, cfg *config.Config, o Options) (*Sender, error) {
	s := &Sender{
		config: cfg, log: o.Log, dial: o.Dial, names: cfg.DestinationNames(), rules: cfg.Table().RuleNames(),
		problems: health.NewRegistry(o.Log),
		window:   offsets.NewWindow(cfg.Limits.InFlight, int64(cfg.Limits.InFlightBytes)),
	}
	s.observer = telemetry.New(s.problems, prometheus.NewRegistry(), o.Log)
	writing, cancel := context.WithCancel(context.Background())
	s.letters, s.endLetters = delivery.NewDeadLetters(writing, s.observer), cancel
	if err := s.open(ctx, o); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Sender) open(ctx context.Context, o Options) (err error) {
	if s.session, err = wiring.Session(ctx, s.config, s.dial); err != nil {
		return err
	}
	if s.registry, err = wiring.SchemaRegistry(s.config, s.problems, s.log, s.dial); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	if err := s.openTopic(wait); err != nil {
		return err
	}
	destinations := wiring.Destinations(s.config, nil)
	lanes := make([]*delivery.Lane, len(destinations))
	for i, dest := range destinations {
		sends, takesLetters := slices.Contains(o.Destinations, dest.Name), dest.Name == s.config.DeadLetter.Destination
		if !sends && !takesLetters {
			continue
		}
		lane, err := s.openLane(wait, dest)
		if err != nil {
			return err
		}
		if sends {
			lanes[i] = lane
		}
		if takesLetters {
			s.letters.ToLane(lane)
		}
	}
	s.pipeline = pipeline.Options{
		Group:          s.config.Kafka.Group,
		Encoder:        message.NewEncoder(s.config.Table(), s.config.CorrelationIDs(), destinations),
		Lanes:          lanes,
		Topics:         s.config.Subscriptions(),
		Reading:        wiring.Reading(s.config, s.registry),
		DropTombstones: s.config.Tombstones == config.DropTombstones,
		Letters:        s.letters,
		Observer:       s.observer,
	}
	return nil
}

// openTopic opens the dead-letter topic, where dead letters go to one.
func (s *Sender) openTopic(ctx context.Context) error {
	if s.config.DeadLetter.Kafka == "" {
		return nil
	}
	connection := wiring.Connection(s.config, s.session)
	connection.Dial = s.dial
	producer, err := deadletter.NewProducer(connection, s.config.DeadLetter.Kafka, s.log)
	if err != nil {
		return err
	}
	s.producer = producer
	s.letters.ToKafka(producer)
	return await.DeadLetterTopic(ctx, producer, s.config.Subscriptions(), s.problems, s.log)
}

// openLane looks a destination up and starts its lane.
func (s *Sender) openLane(ctx context.Context, dest message.Destination) (*delivery.Lane, error) {
	settings := s.config.Destinations[dest.Name]
	sink, err := wiring.NewSink(s.session, settings)
	if err != nil {
		return nil, fmt.Errorf("destinations.%s: %w", dest.Name, err)
	}
	if _, err := sink.Open(ctx); err != nil {
		sink.Close()
		return nil, fmt.Errorf("destination %s cannot be opened: %w", dest.Name, err)
	}
	lane := delivery.NewLane(wiring.LaneOptions(settings, dest, nil), sink, s.letters, s.observer)
	s.lanes = append(s.lanes, lane)
	return lane, nil
}

// Pipeline returns a new way to the lanes, with what change makes of its options.
func (s *Sender) Pipeline(change func(*pipeline.Options)) *pipeline.Pipeline {
	opts := s.pipeline
	change(&opts)
	return pipeline.New(opts)
}

// Lanes is how many destinations there are.
func (s *Sender) Lanes() int { return len(s.lanes) }

// Window bounds what is in flight.
func (s *Sender) Window() *offsets.Window { return s.window }

// Table is what the rules are compiled to.
func (s *Sender) Table() *routing.Table { return s.config.Table() }

// Target returns a destination and the rule that named it by their names, as the routing table has
// them. A rule that is none, or is no more, leaves the destination's own attributes.
func (s *Sender) Target(destination, rule string) routing.Target {
	return routing.Target{Destination: slices.Index(s.names, destination), Rule: slices.Index(s.rules, rule)}
}

// Problems are what keeps messages from being taken, for the moment or for good.
func (s *Sender) Problems() []health.Problem { return s.problems.Problems() }

// Totals are what has become of messages so far.
func (s *Sender) Totals() telemetry.Totals { return s.observer.Totals() }

// Close ends the lanes; what they have not sent is not sent.
func (s *Sender) Close() {
	for _, lane := range s.lanes {
		lane.Close()
	}
	s.endLetters()
	s.letters.Wait()
	if s.producer != nil {
		s.producer.Close()
	}
	if s.registry != nil {
		s.registry.Close()
	}
}
