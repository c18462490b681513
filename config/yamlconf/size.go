package yamlconf

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Size is a number of bytes, written as 256KiB, 1MiB, or plainly in bytes.
type Size int64

var sizeUnits = []struct {
	suffix string
	bytes  float64
}{
	// Largest first, and binary before decimal, so that String finds the shortest exact form.
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"kB", 1e3}, {"B", 1},
}

// String writes the size in the largest binary unit that divides it.
func (s Size) String() string {
	for _, u := range sizeUnits[:3] {
		if unit := Size(u.bytes); s != 0 && s%unit == 0 {
			return fmt.Sprintf("%d%s", s/unit, u.suffix)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// MarshalText writes what String does.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [Notation].
func (s *Size) UnmarshalText(written []byte) error {
	text := string(written)
	number, unit := text, 1.0
	for _, u := range sizeUnits {
		if n, ok := strings.CutSuffix(text, u.suffix); ok {
			number, unit = strings.TrimSpace(n), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	bytes := n * unit
	if err != nil || n < 0 || bytes != math.Trunc(bytes) || bytes >= math.MaxInt64 || strings.ContainsAny(number, "xXpPeE_+") || leadingZero.MatchString(text) {
		return fmt.Errorf("%q is not a size; write it like 256KiB, 1MiB or 1048576", excerpt.Setting(text))
	}
	*s = Size(bytes)
	return nil
}

// leadingZero begins a number that some take for octal.
var leadingZero = regexp.MustCompile(`^0[0-9]+$`)

// Set reads a size from a flag, with Type (pflag.Value).
func (s *Size) Set(text string) error { return s.UnmarshalText([]byte(text)) }

// Type is what a flag of a size is called.
func (*Size) Type() string { return "size" }

// Noun implements [Notation].
func (*Size) Noun() string { return "a size" }

// Pattern implements [Notation].
func (*Size) Pattern() string { return `^\d+(\.\d+)? ?(B|KiB|MiB|GiB|KB|kB|MB|GB)?$` }
