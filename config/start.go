package config

import (
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

// Start is where a consumer group without offsets begins to read: "earliest", "latest", a time in
// RFC 3339, or a duration before the bridge started.
type Start struct {
	// Latest starts behind the newest record; the zero Start is the oldest one.
	Latest bool
	// At starts with the first record at or after a time, if it is not zero.
	At time.Time
	// Ago starts that long before the bridge did, if it is not zero.
	Ago yamlconf.Duration
	// written says that somebody wrote it: earliest may be meant, or nothing said.
	written bool
}

// Written says whether the start was written anywhere, the defaults included.
func (s Start) Written() bool { return s.written }

// String writes the start as it is configured.
func (s Start) String() string {
	switch {
	case s.Latest:
		return "latest"
	case !s.At.IsZero():
		return s.At.Format(time.RFC3339Nano)
	case s.Ago != 0:
		return s.Ago.String()
	}
	return "earliest"
}

// MarshalText writes what String does.
func (s Start) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Time returns the time to start at, given when the bridge started, and whether there is one;
// "earliest" and "latest" have none.
func (s Start) Time(now time.Time) (time.Time, bool) {
	switch {
	case !s.At.IsZero():
		return s.At, true
	case s.Ago != 0:
		return now.Add(-time.Duration(s.Ago)), true
	}
	return time.Time{}, false
}

// UnmarshalText implements [yamlconf.Notation].
func (s *Start) UnmarshalText(written []byte) error {
	text := string(written)
	*s = Start{written: true}
	switch text {
	case "earliest":
		return nil
	case "latest":
		s.Latest = true
		return nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		s.At = at.UTC()
		return nil
	}
	if err := s.Ago.UnmarshalText(written); err == nil && s.Ago > 0 {
		return nil
	}
	*s = Start{}
	if near := suggest.Nearest(text, []string{"earliest", "latest"}); near != "" {
		return fmt.Errorf("%q is not a start; did you mean %q?", excerpt.Setting(text), near)
	}
	return fmt.Errorf("%q is not a start; write earliest, latest, a time like 2026-01-31T00:00:00Z, or 24h for a day ago", excerpt.Setting(text))
}

// check refuses a time that no record is of.
func (s Start) check(c *checker, path string) {
	if s.At.After(time.Now()) {
		c.Addf(path, "%v is in the future, and no record is from then; write a time that has passed, or latest", s)
	}
}

// Noun implements [yamlconf.Notation].
func (*Start) Noun() string { return "a start" }

// Pattern implements [yamlconf.Notation].
func (*Start) Pattern() string {
	return `^(earliest|latest|\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)|\d{1,5}d|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)$`
}
