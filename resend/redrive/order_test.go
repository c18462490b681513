package redrive

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// Letters come out by the place of their records, and what is held back is bounded.
func TestLettersComeInTheOrderOfTheirRecords(t *testing.T) {
	var o ordering
	for _, n := range rand.Perm(1000) {
		o.put(&outgoing{DeadLetter: message.DeadLetter{Record: &kgo.Record{Topic: "t", Partition: int32(n % 3), Offset: int64(n)}}, at: &kgo.Record{Value: make([]byte, 10)}})
	}
	last := map[int32]int64{}
	for l := o.take(); l != nil; l = o.take() {
		if at, ok := last[l.Record.Partition]; ok && l.Record.Offset < at {
			t.Fatalf("%d after %d", l.Record.Offset, at)
		}
		last[l.Record.Partition] = l.Record.Offset
	}
	if o.bytes != 0 || o.full() {
		t.Errorf("%d bytes are left of nothing", o.bytes)
	}
	o.put(&outgoing{DeadLetter: message.DeadLetter{Record: &kgo.Record{}}, at: &kgo.Record{Value: make([]byte, maxWaitingBytes)}})
	if !o.full() {
		t.Error("it takes any number of bytes")
	}
}

// A filter lets through what all of it lets through.
func TestFilterWantsAllOfIt(t *testing.T) {
	l := message.DeadLetter{Reason: "rejected", Destination: "d", Rule: "r"}
	one := func(s string) []string { return []string{s} }
	for _, c := range []struct {
		f    Filter
		want bool
	}{
		{Filter{}, true},
		{Filter{Reasons: one("rejected"), Destinations: one("d"), Rules: one("r")}, true},
		{Filter{Reasons: one("too_large")}, false},
		{Filter{Destinations: one("")}, false},
		{Filter{Reasons: one("rejected"), Rules: one("other")}, false},
	} {
		if got := c.f.wants(&l); got != c.want {
			t.Errorf("%s: %v", fmt.Sprint(c.f), got)
		}
	}
}
