package daemon

import (
	"testing"

	"github.com/sluice-bridge/sluice/config"
)

// A group of an isolated destination has a lane to the dead letters' destination, but what rules
// send there the shared group sends, once.
func TestGroupSendsOnlyWhatItsRulesAreFor(t *testing.T) {
	cfg := &config.Config{
		Destinations: map[string]config.Destination{"plain": {}, "apart": {Isolated: true}, "letters": {}},
		DeadLetter:   config.DeadLetter{Destination: "letters"},
	}
	for _, c := range []struct {
		isolated, destination string
		serves, routes        bool
	}{
		{"", "plain", true, true},
		{"", "apart", false, false},
		{"", "letters", true, true},
		{"apart", "plain", false, false},
		{"apart", "apart", true, true},
		{"apart", "letters", true, false},
	} {
		g := group{isolated: c.isolated}
		if s, r := g.serves(cfg, c.destination), g.routes(cfg, c.destination); s != c.serves || r != c.routes {
			t.Errorf("group %q, destination %s: serves %v, routes %v; want %v, %v", c.isolated, c.destination, s, r, c.serves, c.routes)
		}
	}
}
