package bridgetest

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Settled fails the test unless every record before an offset is settled and nothing is held any more.
func Settled(t testing.TB, of *offsets.Tracker, window *offsets.Window, next int64) {
	t.Helper()
	records, bytes := window.Held()
	if of.Committable().Offset != next || records != 0 || bytes != 0 {
		t.Errorf("settled up to %d of %d; the window holds %d records, %d bytes", of.Committable().Offset, next, records, bytes)
	}
}
