package main

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/forecast/event"
)

func parsePositions(texts []string) ([]event.Position, error) {
	var all []event.Position
	for _, text := range texts {
		left, right, ok := strings.Cut(text, ":")
		partition, err := strconv.ParseUint(left, 10, 31)
		offset, err2 := strconv.ParseUint(right, 10, 63)
		if !ok || err != nil || err2 != nil {
			return nil, usagef("%q is not a position in a topic; write PARTITION:OFFSET after --offset, like 3:1234", text)
		}
		all = append(all, event.Position{Partition: int32(partition), Offset: int64(offset)})
	}
	return all, nil
}

var days = regexp.MustCompile(`^(\d{1,5})d$`)

// parseTime reads a time, or a while before now, as kafka.start of a configuration has them.
func parseTime(flag, text string, now time.Time) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	ago, err := time.ParseDuration(text)
	if m := days.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		ago, err = time.Duration(n)*24*time.Hour, nil
	}
	if err != nil || ago <= 0 {
		return time.Time{}, usagef("%q is not a time; write one like 2026-01-31T00:00:00Z, or 24h or 7d ago, after %s", text, flag)
	}
	return now.Add(-ago), nil
}
