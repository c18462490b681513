package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func TestStartReadsPlacesAgesAndTimes(t *testing.T) {
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"earliest": "", "latest": "", "24h": "2026-11-01T12:00:00Z", "7d": "2026-10-26T12:00:00Z",
		"2026-01-31T00:00:00Z": "2026-01-31T00:00:00Z", "2026-01-31T01:00:00+01:00": "2026-01-31T00:00:00Z",
	} {
		var s Start
		if err := s.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		at, ok := s.Time(now)
		if ok != (want != "") || ok && at.Format(time.RFC3339) != want {
			t.Errorf("%s starts at %v", text, at)
		}
		matches(t, s.Pattern(), text)
	}
}

func matches(t *testing.T, pattern, text string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("the schema's pattern refuses %q", text)
	}
}

func TestSecretsPrintMasked(t *testing.T) {
	c := load(t, minimal, "SLUICE_KAFKA__SASL={mechanism: plain, username: u, password: hunter2}")
	if c.Kafka.SASL.Password.Reveal() != "hunter2" {
		t.Fatal("the password is lost")
	}
	asJSON, _ := json.Marshal(c)
	asYAML, _ := yaml.Marshal(c)
	for _, text := range []string{
		fmt.Sprint(c), fmt.Sprintf("%+v", *c), fmt.Sprintf("%#v", c.Kafka.SASL), fmt.Sprintf("%x", c.Kafka.SASL.Password),
		fmt.Sprintf("%q", c.Kafka.SASL.Password), string(asJSON), string(asYAML),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("the password shows: %s", text)
		}
	}
}

// Whatever is wrong around a secret, its text is in no problem.
func TestProblemsAroundSASLHoldNoSecret(t *testing.T) {
	for _, sasl := range []string{
		"hunter2", "[hunter2]", "{password: [hunter2]}", "{password: hunter2}", "{mechanism: plain, pasword: hunter2}",
		"{mechanism: oauthbearer, password: hunter2}", "{mechanism: plain, password: {x: hunter2}}",
		"{mechanism: plain, password: hunter2, password_file: x}", "{token: hunter2, mechanism: plain}",
	} {
		_, err := Parse([]byte(minimal+"x: {}"), "bridge.yaml", []string{"SLUICE_KAFKA__SASL=" + sasl})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", sasl, err)
		}
	}
}

// The region of MSK is what the file says, before what the broker's name says, before the environment's.
func TestMSKRegionIsThatOfTheFileFirst(t *testing.T) {
	const named = "b-1.orders.abc123.c2.kafka.eu-central-1.amazonaws.com"
	for _, c := range []struct{ region, host, want string }{
		{"", named, "eu-central-1"}, {"", "kafka.internal", "us-east-1"},
		{"eu-west-1", named, "eu-west-1"}, {"eu-west-1", "kafka.internal", "eu-west-1"},
	} {
		if got := (SASL{Region: c.region, surroundings: "us-east-1"}).RegionOf(c.host); got != c.want {
			t.Errorf("%q at %s: %s, want %s", c.region, c.host, got, c.want)
		}
	}
}
