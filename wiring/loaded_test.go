package wiring

import (
	"testing"

	"github.com/sluice-bridge/sluice/config"
)

// loaded is a configuration, checked.
func loaded(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse([]byte(text), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}
