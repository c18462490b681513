package main

import (
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/topic"
)

// configFlag adds the flag that names the configuration.
func configFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "config", "c", "bridge.yaml", "configuration file")
	_ = c.MarkFlagFilename("config", "yaml", "yml") // for completion only
}

// noFiles keeps shells from offering files where none are taken.
func noFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeTopics offers what a configuration reads by name for the flag --topic.
func completeTopics(c *cobra.Command, path *string) {
	_ = c.RegisterFlagCompletionFunc("topic", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		cfg, err := config.Load(*path, os.Environ())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		named := slices.DeleteFunc(cfg.Subscriptions(), func(t string) bool { return !topic.IsName(t) })
		return named, cobra.ShellCompDirectiveNoFileComp
	})
}

func checkTopic(name string) error {
	if !topic.IsName(name) {
		return usagef("%q cannot be a topic of Kafka; write up to 249 letters, digits, dots, dashes and underscores after --topic", name)
	}
	return nil
}

// parseTime reads a time, or a while before now, as kafka.start of a configuration has them.
func parseTime(flag, text string, now time.Time) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	var ago yamlconf.Duration
	if err := ago.UnmarshalText([]byte(text)); err != nil || ago <= 0 {
		return time.Time{}, usagef("%q is not a time; write one like 2026-01-31T00:00:00Z, or 24h or 7d ago, after %s", text, flag)
	}
	return now.Add(-time.Duration(ago)), nil
}
