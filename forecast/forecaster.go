package forecast

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/topic"
	"github.com/sluice-bridge/sluice/wiring"
)

// Forecaster does to records what the daemon would by one configuration. It is not safe for concurrent use.
type Forecaster struct {
	config    *config.Config
	table     *routing.Table
	explainer *pipeline.Explainer
	schemas   schemas
	topics    topic.Set
	addresses map[string]string
	x         pipeline.Explanation // reused
}

// New takes a configuration as the daemon does. Schemas are waited for as long as patience. Dial connects to the
// schema registry; nil for the system's network. Close frees the forecaster.
func New(cfg *config.Config, patience time.Duration, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*Forecaster, error) {
	registry, err := wiring.SchemaRegistry(cfg, unreported{}, zap.NewNop(), dial)
	if err != nil {
		return nil, err
	}
	f := newForecaster(cfg, wiring.Reading(cfg, registry))
	f.schemas = schemas{registry: registry, patience: patience}
	return f, nil
}

// NewOffline does the same without a registry: the values of topics with schemas are read
// as the JSON that they decode to.
func NewOffline(cfg *config.Config) (*Forecaster, error) {
	decoder, err := codec.NewDecoder(codec.Options{Format: codec.FormatJSON})
	if err != nil {
		return nil, err
	}
	plain, lookup := wiring.Reading(cfg, nil), cfg.TopicLookup()
	return newForecaster(cfg, func(topic string) pipeline.Reading {
		if codec.Format(lookup(topic).Format).Schemas() {
			return pipeline.Reading{Decoder: decoder}
		}
		return plain(topic)
	}), nil
}

func newForecaster(cfg *config.Config, reading func(topic string) pipeline.Reading) *Forecaster {
	encoder := message.NewEncoder(cfg.Table(), cfg.CorrelationIDs(), wiring.Destinations(cfg, nil))
	f := &Forecaster{
		config: cfg, table: cfg.Table(), topics: cfg.Reads(), addresses: map[string]string{},
		explainer: pipeline.NewExplainer(encoder, reading, cfg.Tombstones == config.DropTombstones),
	}
	for name, d := range cfg.Destinations {
		f.addresses[name] = fullAddress(d)
	}
	return f
}

// fullAddress tells queues and topics apart that may have one name.
func fullAddress(d config.Destination) string {
	a := d.Address()
	text := a.Describe()
	for _, part := range []string{cmp.Or(a.Account, a.URL), cmp.Or(a.Region, d.Region), d.Endpoint} {
		if part != "" {
			text += ", " + part
		}
	}
	return text
}

// Config is the configuration.
func (f *Forecaster) Config() *config.Config { return f.config }

// Table is what its rules are compiled to.
func (f *Forecaster) Table() *routing.Table { return f.table }

// Reads says whether the bridge reads a topic.
func (f *Forecaster) Reads(topic string) bool { return f.topics.Match(topic) }

// State says by which schema values were decoded that are given as the JSON which they decode to, and the
// name of their type, from now on; nil for values that have none.
func (f *Forecaster) State(schema *codec.Schema, name string) { f.explainer.State(schema, name) }

// Ahead has the schema of a record fetched that is to be explained later.
func (f *Forecaster) Ahead(r *kgo.Record) { f.explainer.Ahead(r) }

// Close frees the schema registry.
func (f *Forecaster) Close() { f.schemas.close() }

// Explain is that of [pipeline.Explainer], but for records that have to wait, and whether or not the topic is read. The
// error is a *codec.UndecodableError, or an [UnexplainedError].
func (f *Forecaster) Explain(r *kgo.Record, origin offsets.TopicIdentity, x *pipeline.Explanation) error {
	err := f.schemas.await(func() error { return f.explainer.Explain(r, origin, x) })
	var undecodable *codec.UndecodableError
	if err != nil && !errors.As(err, &undecodable) {
		return UnexplainedError{err}
	}
	return err
}

// Forecast says what becomes of a record. It refers to memory of the record and of the forecaster, which that uses
// again for the next one. The error is an [UnexplainedError].
func (f *Forecaster) Forecast(r *kgo.Record, origin offsets.TopicIdentity) (Forecast, error) {
	x := &f.x
	if !f.Reads(r.Topic) {
		return Forecast{Outcome: NotRead}, nil
	}
	err := f.Explain(r, origin, x)
	switch {
	case errors.As(err, new(UnexplainedError)):
		return Forecast{}, err
	case err != nil:
		return Forecast{
			Outcome: OutcomeName(routing.DeadLetter), Reason: pipeline.WhyUnroutable(&x.Decision, err),
			DeadLetters: DeadLetters(f.config), Errors: []RuleError{{"", err.Error()}},
		}, nil
	}
	out := Forecast{Outcome: OutcomeName(x.Outcome()), CorrelationID: x.Event.CorrelationID, Errors: ErrorsOf(x, f.table)}
	for _, rule := range x.Decision.Matched {
		out.Rules = append(out.Rules, f.table.RuleName(rule))
	}
	if x.Decision.Outcome == routing.DeadLetter {
		out.DeadLetters, out.Reason = DeadLetters(f.config), pipeline.WhyUnroutable(&x.Decision, nil)
	}
	for i := range x.Deliveries {
		m := f.message(&x.Deliveries[i])
		if len(m.Problems) > 0 {
			out.DeadLetters = DeadLetters(f.config)
		}
		out.Messages = append(out.Messages, m)
	}
	slices.SortFunc(out.Messages, func(a, b Message) int { return cmp.Compare(a.Destination, b.Destination) })
	return out, nil
}

func (f *Forecaster) message(d *pipeline.Preview) Message {
	m := Message{
		Destination: d.Destination.Name, Address: f.addresses[d.Destination.Name], Rule: d.Rule,
		Body: d.Message.Body, Attributes: slices.Clone(d.Message.Attributes),
		GroupID: d.Message.GroupID, DeduplicationID: d.Message.DeduplicationID,
		Subject: d.Message.Subject, Trace: d.Message.TraceHeader, Problems: d.Problems(),
	}
	slices.SortFunc(m.Attributes, func(a, b message.Attribute) int { return cmp.Compare(a.Name, b.Name) })
	return m
}

// unreported is a telemetry.Health for what reports by itself.
type unreported struct{}

// Report implements telemetry.Health.
func (unreported) Report(string, string) {}

// Resolve implements telemetry.Health.
func (unreported) Resolve(string) {}

// Drop implements telemetry.Health.
func (unreported) Drop(string) {}
