package demo

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"
)

func fixed(seed uint64) *Stream {
	s := NewStream(seed)
	s.now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	return s
}

func TestSeedDecides(t *testing.T) {
	a, b, c := fixed(7), fixed(7), fixed(8)
	differ := false
	for i := range 2000 {
		x, y, z := a.Next(), b.Next(), c.Next()
		if x.Topic != y.Topic || !bytes.Equal(x.Key, y.Key) || !bytes.Equal(x.Value, y.Value) {
			t.Fatalf("event %d: %s and %s", i, x.Value, y.Value)
		}
		differ = differ || !bytes.Equal(x.Value, z.Value)
	}
	if !differ {
		t.Error("two seeds give the same stream")
	}
}

// TestAMinuteShowsEverything: a minute of the demo shows everything that it is about.
func TestAMinuteShowsEverything(t *testing.T) {
	seen := map[string]int{}
	last := map[string]int{}
	s := fixed(1)
	for range 120_000 {
		e := s.Next()
		seen["topic "+e.Topic]++
		seen["type "+e.Type]++
		seen["flaw "+string('0'+rune(e.Flaw))]++
		switch {
		case e.Value == nil:
			seen["tombstone"]++
		case !utf8.Valid(e.Value):
			seen["binary"]++
		case e.Flaw == NoFlaw && e.Topic != "telemetry" && !json.Valid(e.Value):
			t.Fatalf("not JSON: %s", e.Value)
		}
		if e.Key == nil {
			seen["no key"]++
		}
		for _, h := range e.Headers {
			seen["header "+h.Key]++
		}
		if e.Account != "" {
			var v struct{ Sequence int }
			if err := json.Unmarshal(e.Value, &v); err != nil || v.Sequence != last[e.Account]+1 {
				t.Fatalf("payment %s after %d: %v", e.Value, last[e.Account], err)
			}
			last[e.Account] = v.Sequence
		}
	}
	for _, want := range []string{
		"topic orders", "topic payments", "topic customers", "topic telemetry", "tombstone", "binary", "no key",
		"type order.placed", "type order.paid", "type order.shipped", "type order.cancelled", "type payment.captured", "type debug.http",
		"type customer.updated", "header tenant", "header traceparent", "header x-correlation-id",
		"flaw 1", "flaw 2", "flaw 3", "flaw 4", "flaw 5",
	} {
		if seen[want] == 0 {
			t.Errorf("there is no %s in %v", want, seen)
		}
	}
}
