package codec

import (
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
)

// crowd counts the requests to a registry that are under way, and how many have been at the most.
type crowd struct{ all, now, most atomic.Int64 }

func (c *crowd) enter() {
	c.all.Add(1)
	n := c.now.Add(1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
}

// The schemas of a poll are looked up side by side, each once however many records name it, and what the
// registry does not have is refused within seconds. It is not asked more often than it is to bear.
func TestSchemasOfAPollAreLookedUpTogether(t *testing.T) {
	const unknown = 600
	fake, r := fakeRegistry(t)
	seed(fake, unknown+1, sr.TypeAvro, avroPoint)
	var c crowd
	fake.Intercept(func(http.ResponseWriter, *http.Request) bool {
		c.enter()
		defer c.now.Add(-1)
		time.Sleep(time.Millisecond) // so that requests meet
		return false
	})
	d := newDecoder(t, FormatAvro, r)
	began := time.Now()
	for next, deadline := 1, began.Add(30*time.Second); next <= unknown; {
		changed := r.Changed()
		_, err := d.Decode(framed(next, nil), true)
		if !errors.Is(err, ErrPending) {
			wantUndecodable(t, err, ReasonUnknownSchema, "does not have it")
			next++
			continue
		}
		for id := next; id <= unknown; id++ {
			if _, more := d.Ahead(nil, framed(id, nil)); !more {
				break
			}
		}
		select {
		case <-changed:
		case <-time.After(time.Until(deadline)):
			t.Fatalf("at id %d after 30 s", next)
		}
	}
	took := time.Since(began)
	if n := c.all.Load(); n != unknown*missingTries || float64(n) > requestBurst+requestRate*took.Seconds() {
		t.Errorf("%d requests in %v", n, took)
	}
	if most := c.most.Load(); most < 2 || most > maxRequests {
		t.Errorf("%d requests at once", most)
	}
	if pending, _ := d.Ahead(nil, framed(unknown, nil)); pending != "" {
		t.Errorf("%s is looked up again", pending)
	}
	if got := mustDecode(t, d, framed(unknown+1, []byte{4})); got != `{"x":2}` {
		t.Error(got)
	}
	if pending, _ := d.Ahead(nil, framed(unknown+1, nil)); pending != "" {
		t.Errorf("%s is known and looked up", pending)
	}
}

// Whoever asks for many schemas ahead leaves places for those that a partition waits for.
func TestLookingAheadLeavesRoomForWhatIsWaitedFor(t *testing.T) {
	fake, r := fakeRegistry(t)
	release := make(chan struct{})
	defer close(release)
	fake.Intercept(func(http.ResponseWriter, *http.Request) bool { <-release; return false })
	d := newDecoder(t, FormatAvro, r)
	asked := 0
	for id, more := 1, true; more; id++ {
		var pending string
		if pending, more = d.Ahead(nil, framed(id, nil)); pending == "" {
			t.Fatalf("%d is not looked up", id)
		}
		asked++
	}
	if asked != maxAhead+1 {
		t.Errorf("%d are asked for ahead", asked)
	}
	next := framed(1_000_000, nil)
	if _, err := d.Decode(next, true); !errors.Is(err, ErrPending) {
		t.Fatal(err)
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if _, ok := r.pending[schemaKey{id: 1_000_000}]; !ok || len(r.pending) != maxAhead+1 {
		t.Errorf("%d are looked up, and the one that is waited for: %v", len(r.pending), ok)
	}
}

func TestValueWithoutSchemaNeedsNoLookUp(t *testing.T) {
	_, r := fakeRegistry(t)
	for _, d := range []*Decoder{newDecoder(t, FormatJSON, nil), newDecoder(t, FormatAvro, r)} {
		for _, raw := range [][]byte{nil, {}, []byte("x"), framed(0, nil), []byte("long enough, and no id")} {
			if pending, more := d.Ahead(nil, raw); pending != "" || !more {
				t.Errorf("%s: %q: %q", d.Format(), raw, pending)
			}
		}
	}
	d := newDecoder(t, FormatAvro, r)
	guid := append([]byte{magicGUID}, "0123456789abcdef"...)
	if pending, _ := d.Ahead(guid, []byte{1}); pending != "30313233-3435-3637-3839-616263646566" {
		t.Errorf("a GUID in a header: %q", pending)
	}
	if pending, _ := d.Ahead([]byte{}, framed(7, nil)); pending != "7" {
		t.Errorf("an empty header: %q", pending)
	}
}
