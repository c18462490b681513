package yamlconf

import (
	"regexp"
	"testing"
)

func TestDurationIsReadAndPrinted(t *testing.T) {
	for text, want := range map[string]string{
		"500ms": "500ms", "30s": "30s", "90s": "1m30s", "24h": "24h", "1h30m": "1h30m", "7d": "168h", "0": "0s", "60s": "1m", "1h0m5s": "1h0m5s",
	} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d.String() != want {
			t.Errorf("%s reads as %v (%v), want %s", text, d, err, want)
		}
		matches(t, d.Pattern(), text)
	}
}

func TestSizeIsReadAndPrinted(t *testing.T) {
	for text, want := range map[string]string{
		"256KiB": "256KiB", "1MiB": "1MiB", "1024KiB": "1MiB", "1.5KiB": "1536", "1000": "1000", "1 MB": "1000000", "64B": "64", "0": "0", "2GiB": "2GiB",
	} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s.String() != want {
			t.Errorf("%s reads as %v (%v), want %s", text, s, err, want)
		}
		matches(t, s.Pattern(), text)
	}
	for _, text := range []string{"", "KiB", "1e3", "-1", "0.3B", "1 mib", "99999999999GiB", "Inf", "NaN", "0x10"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q reads as %v", text, s)
		}
	}
}

func matches(t *testing.T, pattern, text string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("the schema's pattern refuses %q", text)
	}
}
