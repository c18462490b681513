package watch

import (
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

const (
	// schemaPatience is how long a partition may wait for schemas, one after the other, before that is told: to
	// fetch one takes some milliseconds, and an instance of the registry may be away for some seconds.
	schemaPatience = 5 * time.Second
	// schemaQuiet is how long it must not have waited for one to be well again: where every poll brings
	// unknown ones, it waits again and again, though never for long.
	schemaQuiet = 5 * time.Second
)

// Lack is for how long a partition has waited for schemas, again and again. The zero Lack is that of one that has not.
type Lack struct {
	Of    string // what its next record waits for, and whoever is asked for that; empty: for nothing
	noted time.Time
	total time.Duration
}

// Note notes that it waits, and has since the latest note if it waited then. It says whether that is to be told.
func (l *Lack) Note(of string, now time.Time) (long bool) {
	if l.Of != "" {
		l.total += now.Sub(l.noted)
	}
	l.Of, l.noted = of, now
	return l.total >= schemaPatience
}

// Since returns how long ago the latest note was.
func (l *Lack) Since(now time.Time) time.Duration { return now.Sub(l.noted) }

// End forgets that it has waited, and says that this is over, where it has not waited for some time and does not now.
func (l *Lack) End(waits bool, now time.Time) (over bool) {
	if l.noted.IsZero() || waits || l.Since(now) < schemaQuiet {
		return false
	}
	l.noted, l.total = time.Time{}, 0
	return true
}

// LackKey is what Health calls the wait of a partition for schemas.
func LackKey(p kafka.TopicPartition) string { return "schemas of " + p.String() }
