package config

import "testing"

// A topic begins as its entry under topics says, which is the one that says how it is read; where that
// says nothing, as the group does.
func TestTopicStartsWhereItsEntrySays(t *testing.T) {
	c := load(t, minimal, "SLUICE_KAFKA__START=24h",
		`SLUICE_TOPICS={audit: {}, clicks: {start: earliest}, /^c/: {start: latest}, /^d/: {format: text}}`)
	lookup := c.StartLookup()
	for topic, want := range map[string][2]string{
		"orders": {"24h", ""},
		"audit":  {"24h", ""},
		"clicks": {"earliest", "clicks"},
		"cards":  {"latest", "/^c/"},
		"deals":  {"24h", ""},
	} {
		start, entry := lookup(topic)
		if got := [2]string{start.String(), entry}; got != want {
			t.Errorf("%s begins at %q; want %q", topic, got, want)
		}
	}
}
