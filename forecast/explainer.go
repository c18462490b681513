package forecast

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/wiring"
)

// Explainer does to records what the daemon would, and waits for their schemas.
type Explainer struct {
	*bridge.Explainer
	registry *codec.Registry // nil where there is none
	patience time.Duration   // how long schemas are waited for
	// silent is set where a schema was waited for in vain; it is closed when the registry answers.
	silent <-chan struct{}
}

// New compiles a configuration as the daemon does. Schemas are waited for as long as patience. Dial is that of
// [daemon.Options]. Close frees it.
func New(cfg *config.Config, patience time.Duration, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*Explainer, *routing.Table, error) {
	registry, err := wiring.SchemaRegistry(cfg, untold{}, zap.NewNop(), dial)
	if err != nil {
		return nil, nil, err
	}
	e, table, err := compile(cfg, wiring.Reading(cfg, registry))
	if err != nil {
		if registry != nil {
			registry.Close()
		}
		return nil, nil, err
	}
	e.registry, e.patience = registry, patience
	return e, table, nil
}

// NewOffline does the same without a registry: the values of topics with schemas are read
// as the JSON that they decode to.
func NewOffline(cfg *config.Config) (*Explainer, *routing.Table, error) {
	decoder, err := codec.NewDecoder(codec.Options{Format: codec.FormatJSON})
	if err != nil {
		return nil, nil, err
	}
	plain, lookup := wiring.Reading(cfg, nil), cfg.TopicLookup()
	return compile(cfg, func(topic string) bridge.Reading {
		if codec.Format(lookup(topic).Format).Schemas() {
			return bridge.Reading{Decoder: decoder}
		}
		return plain(topic)
	})
}

func compile(cfg *config.Config, reading func(topic string) bridge.Reading) (*Explainer, *routing.Table, error) {
	table, err := routing.Compile(cfg.Routing())
	if err != nil {
		return nil, nil, err
	}
	correlation, err := routing.CompileCorrelation(cfg.Correlation.Headers, cfg.Correlation.Field)
	if err != nil {
		return nil, nil, err
	}
	encoder := bridge.NewEncoder(table, correlation, wiring.Destinations(cfg, nil))
	e := bridge.NewExplainer(encoder, reading, cfg.Tombstones == config.DropTombstones)
	return &Explainer{Explainer: e}, table, nil
}

// Explain is that of bridge.Explainer, but for records that have to wait. The error says that the
// value cannot be decoded, or that the registry does not answer; it is waited for only once, until
// it does.
func (e *Explainer) Explain(r *kgo.Record, origin bridge.Origin, x *bridge.Explanation) error {
	var late <-chan time.Time
	for {
		var changed <-chan struct{}
		if e.registry != nil {
			changed = e.registry.Changed() // before the look, so that nothing is missed
		}
		err := e.Explainer.Explain(r, origin, x)
		if !errors.Is(err, codec.ErrPending) {
			return err
		}
		if e.keepsSilent() {
			return e.noSchema()
		}
		if late == nil {
			late = time.After(e.patience)
		}
		select {
		case <-changed:
		case <-late:
			e.silent = changed
			return e.noSchema()
		}
	}
}

func (e *Explainer) keepsSilent() bool {
	if e.silent == nil {
		return false
	}
	select {
	case <-e.silent:
		e.silent = nil
		return false
	default:
		return true
	}
}

func (e *Explainer) noSchema() error {
	why, _ := e.registry.Trouble()
	if why == "" {
		why = fmt.Sprintf("it has not answered within %v; sluice validate --connect says more, or give --timeout more", e.patience)
	}
	return fmt.Errorf("the schema registry gives no schema for it: %s", why)
}

// Close frees the registry.
func (e *Explainer) Close() {
	if e.registry != nil {
		e.registry.Close()
	}
}

// untold is a bridge.Health for commands that report by themselves.
type untold struct{}

// Trouble implements bridge.Health.
func (untold) Trouble(string, string) {}

// Recovered implements bridge.Health.
func (untold) Recovered(string) {}

// Forget implements bridge.Health.
func (untold) Forget(string) {}
