package kafka

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// Trouble with reading ends when it has not come again for long, also where no record comes.
func TestFetchTroubleEnds(t *testing.T) {
	k := cluster(t, 1)
	m := build(t, k) // does not run: this test is its poll loop
	at, key := place{"t", 0}, fetchKey(place{"t", 0})
	m.source.fetchError(at, kerr.TopicAuthorizationFailed)
	if m.board.is(key) == "" {
		t.Fatal("not told")
	}
	m.source.quiet(time.Now().Add(quietAfter - time.Second))
	if m.board.is(key) == "" {
		t.Error("ended at once")
	}
	m.source.quiet(time.Now().Add(quietAfter + time.Second))
	if m.board.is(key) != "" {
		t.Error("never ended")
	}
}
