package doctor

import (
	"fmt"
	"strings"

	"github.com/sluice-bridge/sluice/config"
)

// Line is one of a summary. Its label is empty where it is that of the line before.
type Line struct{ Label, Text string }

// Summarize says in a few lines what a configuration does. It looks at nothing else.
func Summarize(cfg *config.Config) []Line {
	lines := []Line{
		{"reads", strings.Join(cfg.Subscriptions(), ", ")},
		{"from", strings.Join(cfg.Kafka.Brokers, ", ")},
		{"as group", fmt.Sprintf("%s; if it is new, from %s", cfg.Kafka.Group, cfg.Kafka.Start)},
		{"rules", rulesOf(cfg)},
	}
	label := "destinations"
	for _, name := range cfg.DestinationNames() {
		lines = append(lines, Line{label, destinationOf(cfg, name)})
		label = ""
	}
	return append(lines, Line{"unmatched", unmatchedOf(cfg)}, Line{"dead letters", lettersOf(cfg)})
}

func rulesOf(cfg *config.Config) string {
	names := cfg.RuleNames()
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
