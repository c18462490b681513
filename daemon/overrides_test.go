package daemon

import (
	"slices"
	"testing"
)

// What lies over the file that was reviewed is told, by name.
func TestOverridesOfTheFileAreLogged(t *testing.T) {
	const text = "destinations: {a: {sqs: q, QUICK}}\nrules: [{topics: [t], to: [a]}]\n"
	r := run(t, []string{"q"}, text)
	cfg := loaded(t, r.configured(text))
	cfg.Overrides = []string{"SLUICE_KAFKA__GROUP"}
	if err := r.Reload(r.ctx, cfg); err != nil {
		t.Fatal(err)
	}
	for message, want := range map[string][]any{"running": {}, "configuration reloaded": {"SLUICE_KAFKA__GROUP"}} {
		said := r.logs.FilterMessage(message).All()
		if len(said) != 1 {
			t.Fatalf("%s: said %d times", message, len(said))
		}
		if got, ok := said[0].ContextMap()["overridden_by"].([]any); !ok || !slices.Equal(got, want) {
			t.Errorf("%s: overridden by %v, want %v", message, got, want)
		}
	}
}
