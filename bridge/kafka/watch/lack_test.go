package watch

import (
	"testing"
	"time"
)

// A partition that waits for one schema after another is told of though it waits for none of them for
// long, and so is the end. One that has waited for a few for moments is not.
func TestLackIsToldOfWhatWaitsAgainAndAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		waits, well time.Duration // again and again
		told        bool
	}{
		{"most of the time", schemaPatience - time.Second, schemaQuiet - 4*time.Second, true},
		{"for moments", 50 * time.Millisecond, schemaQuiet - time.Second, false},
	} {
		var l Lack
		now := time.Now()
		for i := range 5 {
			l.Note("schema 1", now)
			now = now.Add(tt.waits)
			told := l.Note("schema 1", now)
			if told != (tt.told && i > 0) {
				t.Errorf("%s: told: %t, at the time %d that it waits", tt.name, told, i)
			}
			if l.End(true, now.Add(schemaQuiet)) {
				t.Errorf("%s: it is over while it waits", tt.name)
			}
			l.Of = "" // it has come
			if now = now.Add(tt.well); l.End(false, now) {
				t.Errorf("%s: it is over too soon", tt.name)
			}
		}
		now = now.Add(schemaQuiet)
		if !l.End(false, now) || l.End(false, now) {
			t.Errorf("%s: its end is not told once", tt.name)
		}
		if l.Note("schema 2", now) {
			t.Errorf("%s: told at once of another wait", tt.name)
		}
	}
}
