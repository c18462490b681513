package message

import (
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/routing"
)

func TestGlobMatchesWholeNames(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"tenant", []string{"tenant"}, []string{"Tenant", "tenant2", "", "enant"}},
		{"x-*", []string{"x-", "x-a", "x-*"}, []string{"X-a", "x", "ax-"}},
		{"*", []string{"", "a", "ø"}, nil},
		{"*id", []string{"id", "x-id", "idid"}, []string{"id2", "i"}},
		{"a?c", []string{"abc", "aøc", "a?c", "a*c"}, []string{"ac", "abbc"}},
		{"a*b?*c", []string{"abxc", "axbxxc", "abbbc"}, []string{"abc", "a"}},
		{"?", []string{"a", "€", "\xff"}, []string{"", "ab"}},
		{"**a**", []string{"a", "bab"}, []string{"b"}},
		{"*ø?", []string{"xøy", "øøz"}, []string{"ø"}},
	} {
		for _, name := range c.yes {
			if !matchesGlob(c.pattern, name) {
				t.Errorf("%s does not match %q", c.pattern, name)
			}
		}
		for _, name := range c.no {
			if matchesGlob(c.pattern, name) {
				t.Errorf("%s matches %q", c.pattern, name)
			}
		}
	}
}

func TestHeaderBecomesANameThatAWSTakes(t *testing.T) {
	configured := []routing.Attribute{{Name: "tier"}}
	for header, want := range map[string]string{
		"tenant": "tenant", "X-Tenant.id_1": "X-Tenant.id_1", "a b/c": "a_b_c", "ø": "_", ".a.": "_a_", "a..b...c": "a._b._.c", "..": "__",
		"": "", "aws.x": "", "AMAZON.x": "", "Amazon.": "Amazon_", "aws": "aws", "amazonx": "amazonx", "kafka_key": "", "kafka headers": "",
		"dead_letter_reason": "", "Dead Letter Reason": "", "KAFKA_topic": "", "Replayed": "", "s3key": "", "TIER": "",
		"S3Key": "", "tier": "", "tier ": "tier_", "traceparent": "", strings.Repeat("a", 255): strings.Repeat("a", 255), strings.Repeat("a", 256): "",
	} {
		if got := attributeName(header, configured); got != want {
			t.Errorf("%q becomes %q, want %q", header, got, want)
		}
	}
}
