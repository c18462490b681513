package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// summarize says in a few lines what a configuration does.
func summarize(out io.Writer, path string, cfg *config.Config) error {
	w := bufio.NewWriter(out)
	row := func(label, format string, args ...any) {
		excerpt.Fprintf(w, "  %-14s%s\n", label, fmt.Sprintf(format, args...))
	}
	excerpt.Fprintf(w, "%s is valid.\n\n", path)
	row("reads", "%s", strings.Join(cfg.Subscriptions(), ", "))
	row("from", "%s", strings.Join(cfg.Kafka.Brokers, ", "))
	row("as group", "%s; if it is new, from %s", cfg.Kafka.Group, cfg.Kafka.Start)
	row("rules", "%s", rulesOf(cfg))
	label := "destinations"
	for _, name := range cfg.DestinationNames() {
		row(label, "%s", destinationOf(cfg, name))
		label = ""
	}
	row("unmatched", "%s", unmatchedOf(cfg))
	row("dead letters", "%s", lettersOf(cfg))
	if len(cfg.Warnings) > 0 {
		excerpt.Fprintf(w, "\n")
	}
	for _, warning := range cfg.Warnings {
		excerpt.Fprintf(w, "warning: %s\n", warning.Error())
	}
	return w.Flush()
}

func rulesOf(cfg *config.Config) string {
	names := make([]string, len(cfg.Rules))
	for i := range cfg.Rules {
		names[i] = cfg.Rules[i].Name
	}
	const most = 12
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("and %d more", more))
	}
	if len(names) == 0 {
		return "none"
	}
	return fmt.Sprintf("%d: %s", len(cfg.Rules), strings.Join(names, ", "))
}

func destinationOf(cfg *config.Config, name string) string {
	d := cfg.Destinations[name]
	parts := []string{fmt.Sprintf("%s: %s in %s", name, d.Address().Describe(), d.Region)}
	if d.Endpoint != "" {
		parts = append(parts, "at "+d.Endpoint)
	}
	if d.AssumeRole.ARN != "" {
		parts = append(parts, "as "+d.AssumeRole.ARN)
	}
	if d.Isolated {
		parts = append(parts, "by group "+cfg.Group(name))
	}
	return strings.Join(parts, ", ")
}

func unmatchedOf(cfg *config.Config) string {
	switch cfg.Unmatched {
	case config.UnmatchedDrop:
		return "dropped and counted"
	case config.UnmatchedDeadLetter:
		return "dead letters"
	}
	return "to " + cfg.Unmatched
}

func lettersOf(cfg *config.Config) string {
	if cfg.DeadLetter.Destination != "" {
		return "destination " + cfg.DeadLetter.Destination
	}
	return "topic " + cfg.DeadLetter.Kafka
}
