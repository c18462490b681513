package main

import (
	"context"
	"fmt"
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

// demoLoader returns what makes the demo's bridge of a configuration file, or of the demo's own
// where the path is empty.
func demoLoader(path string) (func(demo.Places, *zap.Logger) (*demo.Bridge, error), error) {
	data, name := demo.File(), "demo.yaml"
	if path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return nil, usageError{fmt.Errorf("reading the configuration: %w; sluice demo --write %s writes one", err, path)}
		}
		name = path
	}
	return func(at demo.Places, log *zap.Logger) (*demo.Bridge, error) {
		cfg, err := config.Parse(data, name, demoEnvironment(os.Environ(), at))
		if err != nil {
			return nil, err
		}
		embed(cfg, at)
		warn(log, cfg)
		b := demoBridge(cfg, log)
		if path != "" {
			b.Route, err = demoRoute(cfg)
		}
		return b, err
	}, nil
}

// demoEnvironment is the environment for reading the file: the user's, whose settings for a bridge
// of their own are left out, and where the demo's parts listen.
func demoEnvironment(env []string, at demo.Places) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(entry string) bool { return strings.HasPrefix(entry, "SLUICE_") })
	return append(env, "DEMO_KAFKA="+strings.Join(at.Kafka, ","), "DEMO_AWS="+at.AWS, "DEMO_ADMIN="+at.Admin)
}

// embed has a configuration use the demo's parts, whatever it names: the demo never reaches out.
func embed(cfg *config.Config, at demo.Places) {
	cfg.Kafka.Brokers = at.Kafka
	cfg.Kafka.TLS, cfg.Kafka.SASL = config.TLS{}, config.SASL{}
	cfg.AWS.Endpoint, cfg.AWS.AssumeRole = at.AWS, config.AssumeRole{}
	for name, d := range cfg.Destinations {
		d.Endpoint, d.AssumeRole = at.AWS, config.AssumeRole{}
		cfg.Destinations[name] = d
	}
	cfg.Admin.Listen = at.Admin
}

func demoBridge(cfg *config.Config, log *zap.Logger) *demo.Bridge {
	d := daemon.New(daemon.Options{Log: log, Version: version()})
	b := &demo.Bridge{
		Groups:      []string{cfg.Kafka.Group},
		Reads:       cfg.Reads().Match,
		DeadLetters: cfg.DeadLetter.Kafka,
		Registry:    d.Registry(),
		Lag:         d.Lag,
	}
	for _, name := range cfg.DestinationNames() {
		dest := cfg.Destinations[name]
		if dest.Isolated {
			b.Groups = append(b.Groups, cfg.Group(name))
		}
		at := dest.Address()
		b.Destinations = append(b.Destinations, demo.Destination{Name: name, Service: string(at.Service), Resource: at.Name, FIFO: at.FIFO()})
	}
	for i := range cfg.Rules {
		b.Rules = append(b.Rules, cfg.Rules[i].Name)
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
