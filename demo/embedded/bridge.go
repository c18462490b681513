package embedded

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/daemon"
	"github.com/sluice-bridge/sluice/demo"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Options say which configuration the demo runs with.
type Options struct {
	// Data is the text of a file, by that name.
	Data []byte
	Name string
	// Own is set where it is the demo's own, of which the oracle knows the rules.
	Own bool
	// Version of the bridge, for its metrics.
	Version string
}

// Loader returns what makes the bridge once it is known where the demo's parts listen.
func Loader(o Options) func(demo.Addresses, *zap.Logger) (*demo.Bridge, error) {
	return func(at demo.Addresses, log *zap.Logger) (*demo.Bridge, error) {
		cfg, err := config.Parse(o.Data, o.Name, environment(os.Environ(), at))
		if err != nil {
			return nil, err
		}
		embed(cfg, at)
		daemon.LogWarnings(log, cfg)
		b := newBridge(cfg, log, o.Version)
		if !o.Own {
			b.Route, err = routeBy(cfg)
		}
		return b, err
	}
}

// environment is the environment for reading the file: the user's, whose settings for a bridge
// of their own are left out, and where the demo's parts listen.
func environment(env []string, at demo.Addresses) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(entry string) bool { return strings.HasPrefix(entry, "SLUICE_") })
	return append(env, "DEMO_KAFKA="+strings.Join(at.Kafka, ","), "DEMO_AWS="+at.AWS, "DEMO_ADMIN="+at.Admin)
}

// embed has a configuration use the demo's parts, whatever it names: the demo never reaches out.
func embed(cfg *config.Config, at demo.Addresses) {
	cfg.Kafka.Brokers = at.Kafka
	cfg.Kafka.TLS, cfg.Kafka.SASL = config.TLS{}, config.SASL{}
	cfg.AWS.Endpoint, cfg.AWS.AssumeRole = at.AWS, config.AssumeRole{}
	for name, d := range cfg.Destinations {
		d.Endpoint, d.AssumeRole = at.AWS, config.AssumeRole{}
		cfg.Destinations[name] = d
	}
	cfg.Admin.Listen = at.Admin
}

func newBridge(cfg *config.Config, log *zap.Logger, version string) *demo.Bridge {
	d := daemon.New(daemon.Options{Log: log, Version: version})
	b := &demo.Bridge{
		Groups:      []string{cfg.Kafka.Group},
		Reads:       cfg.Reads().Match,
		DeadLetters: cfg.DeadLetter.Kafka,
		Registry:    d.Registry(),
		Lag:         d.Lag,
		Rules:       cfg.RuleNames(),
	}
	for _, name := range cfg.DestinationNames() {
		dest := cfg.Destinations[name]
		if dest.Isolated {
			b.Groups = append(b.Groups, cfg.Group(name))
		}
		at := dest.Address()
		b.Destinations = append(b.Destinations, demo.Destination{Name: name, Service: string(at.Service), Resource: at.Name, FIFO: at.FIFO()})
	}
	b.Problems = func() []string {
		var all []string
		for _, p := range d.Board().Problems() {
			if time.Since(p.Since) > time.Second { // a start is no problem
				all = append(all, excerpt.Line(p.What+": "+p.Text))
			}
		}
		return all
	}
	b.Run = func(ctx, abort context.Context) error { return d.Run(ctx, abort, cfg) }
	return b
}
