package wiring

import (
	"context"
	"fmt"
	"net"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Reading returns how the values of topics are read. The registry may be nil where no topic needs
// one.
func Reading(cfg *config.Config, registry *codec.Registry) func(topic string) pipeline.Reading {
	lookup := cfg.TopicLookup()
	return func(topic string) pipeline.Reading {
		t := lookup(topic)
		decoder, err := codec.NewDecoder(codec.Options{Format: codec.Format(t.Format), Registry: registry})
		if err != nil {
			panic("a format that was checked: " + err.Error()) // cannot happen
		}
		return pipeline.Reading{Decoder: decoder, DeliverJSON: t.Deliver == config.DeliverJSON, Lenient: t.Invalid == config.InvalidUnmatched}
	}
}

// SchemaRegistry returns the schema registry of a configuration; nil where it names none. It makes no
// request. Dial is that of a daemon's [Options].
func SchemaRegistry(cfg *config.Config, health telemetry.Health, log *zap.Logger, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*codec.Registry, error) {
	r := cfg.SchemaRegistry
	if len(r.URLs) == 0 {
		return nil, nil
	}
	const what = "schema registry"
	secure, err := r.TLS.Config()
	if err != nil {
		return nil, fmt.Errorf("schema_registry.tls: %w", err)
	}
	o := codec.RegistryOptions{
		URLs: r.URLs, TLS: secure, Timeout: time.Duration(r.Timeout), Dial: dial,
		OnTrouble:   func(text string) { health.Report(what, "records wait for schemas: "+text) },
		OnRecovered: func() { health.Resolve(what) },
		OnCrowded: func() {
			log.Warn("the schemas in use do not fit into memory; some are fetched and compiled again and again, which is slow; read fewer topics with schemas in one process",
				zap.Int("limit_bytes", codec.MaxMemory))
		},
	}
	if r.Username != "" {
		o.BasicAuth = func() (string, string, error) {
			password, err := r.BasicPassword()
			return r.Username, password.Reveal(), err
		}
	}
	if r.Token != "" || r.TokenFile != "" {
		o.BearerToken = func() (string, error) {
			token, err := r.BearerToken()
			return token.Reveal(), err
		}
	}
	return codec.NewRegistry(o)
}
