package yamlconf

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Duration is a length of time, written as 500ms, 30s, 1h30m or 7d.
type Duration time.Duration

// String writes the duration as Go does, without zero units at the end: 24h, not 24h0m0s.
func (d Duration) String() string {
	return trimZeroUnits.ReplaceAllString(time.Duration(d).String(), "$1")
}

var trimZeroUnits = regexp.MustCompile(`([hm])(?:0m)?0s$`)

// MarshalText writes what String does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

var inDays = regexp.MustCompile(`^(\d{1,5})d$`)

// UnmarshalText implements [Notation].
func (d *Duration) UnmarshalText(written []byte) error {
	text := string(written)
	if m := inDays.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		*d = Duration(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	v, err := time.ParseDuration(text)
	seconds, unitless := time.ParseDuration(text + "s")
	switch {
	case err != nil && unitless != nil:
		return fmt.Errorf("%q is not a duration; write it like 500ms, 30s or 5m", excerpt.Setting(text))
	case v < 0 || err != nil && seconds < 0:
		return fmt.Errorf("%s is negative; write a duration that is not", excerpt.Setting(text))
	case err != nil:
		return fmt.Errorf("%s has no unit; write %sms or %ss", excerpt.Setting(text), excerpt.Setting(text), excerpt.Setting(text))
	}
	*d = Duration(v)
	return nil
}

// Noun implements [Notation].
func (*Duration) Noun() string { return "a duration" }

// Pattern implements [Notation].
func (*Duration) Pattern() string {
	return `^(0|\d{1,5}d|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$`
}
