package main

import (
	"time"

	"github.com/sluice-bridge/sluice/config/yamlconf"
)

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
