package bridge

import (
	"testing"
	"time"
)

// trip answers all requests of a round trip with success.
func trip(c *concurrency) {
	for range c.allowed() {
		c.succeeded(c.allowed())
	}
}

func TestConcurrency(t *testing.T) {
	c := newConcurrency(100)
	start := time.Unix(0, 0)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	want := func(what string, n int) {
		t.Helper()
		if got := c.allowed(); got != n {
			t.Fatalf("%s: %d, want %d", what, got, n)
		}
	}
	want("at the start", startingConcurrency)
	c.succeeded(startingConcurrency - 1)
	want("where the limit does not hold the lane back", startingConcurrency)
	trip(&c)
	if got := c.allowed(); got < 2*startingConcurrency {
		t.Fatalf("after a round trip: %d", got)
	}
	for range 10 {
		trip(&c)
	}
	want("at the ceiling", 100)
	c.overloaded(at(0), at(1))
	want("after a throttle", 50)
	c.overloaded(at(0), at(2))
	want("after another that was out with it", 50)
	c.overloaded(at(1), at(2))
	want("after one of a request sent since", 25)
	trip(&c)
	if c.limit < 25.9 || c.limit > 26 {
		t.Fatalf("%v a round trip later, want one more", c.limit)
	}
	for i := range 20 {
		c.overloaded(at(10+i), at(10+i))
	}
	want("at the least", 1)
	trip(&c)
	want("above the least", 2)
}

func TestConcurrencyOfOne(t *testing.T) {
	for _, most := range []int{0, 1} {
		c := newConcurrency(most)
		trip(&c)
		if c.allowed() != 1 {
			t.Errorf("%d allowed of %d", c.allowed(), most)
		}
	}
}
