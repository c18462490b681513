package bridge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// inOrder fails unless the messages of each group, "group:number", have growing numbers, none twice.
func inOrder(t *testing.T, accepted []string) {
	t.Helper()
	last := map[string]int{}
	for _, b := range accepted {
		var g string
		var n int
		if _, err := fmt.Sscanf(b, "%1s:%d", &g, &n); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if n <= last[g] {
			t.Errorf("%s after %s:%d in %v", b, g, last[g], accepted)
		}
		last[g] = n
	}
}

// inGroups returns n messages over the groups, each with rising numbers.
func inGroups(groups string, n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("%c:%d", groups[i%len(groups)], i/len(groups)+1))
	}
	return all
}

// However AWS fails requests and entries, a strict group is in one request at a time, with one of
// its messages, and arrives in order.
func TestStrictOrder(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random, feed := rand.New(rand.NewPCG(seed, 0)), rand.New(rand.NewPCG(seed, 1))
			far := &fakeSink{latency: 30 * time.Millisecond}
			far.answer = func(_ int, batch []*Message, results []*Failure) *Failure {
				switch p := random.IntN(10); {
				case p < 2:
					return &Failure{Class: Transient, Code: "InternalError"}
				case p < 3:
					return &Failure{Class: Throttled, Code: "RequestThrottled"}
				case p < 5:
					results[random.IntN(len(batch))] = &Failure{Class: Transient, Code: "InternalError"}
				case p < 6 && len(batch) > 1:
					return &Failure{Class: Poison, Code: "InvalidParameterValue"}
				}
				return nil
			}
			inBubble(t, far, func(r *rig) {
				for _, m := range inGroups("abcdefghijklmno", 300) {
					r.deliver(m)
					if feed.IntN(20) == 0 {
						pass(20 * time.Millisecond)
					}
				}
				pass(24 * time.Hour)
				if far.overlaps != 0 || far.mostOf != 1 {
					t.Errorf("a group was out twice %d times, and %d times in one request", far.overlaps, far.mostOf)
				}
				inOrder(t, far.accepted())
				if n := len(far.accepted()); n != 300 {
					t.Errorf("%d accepted", n)
				}
				r.settled()
			}, fifo, concurrent(8))
		})
	}
}

// Strict groups fill requests across groups; what is left of them follows at once.
func TestStrictFillsAcrossGroups(t *testing.T) {
	inBubble(t, &fakeSink{latency: time.Second}, func(r *rig) {
		r.deliver(inGroups("abcdefghij", 30)...)
		synctest.Wait()
		got := r.far.requests()
		if len(got) != 1 || len(got[0]) != 10 {
			t.Fatalf("requests %v", got)
		}
		pass(time.Second)
		if n := len(r.far.requests()); n != 2 {
			t.Errorf("%d requests after the first is answered", n)
		}
		pass(time.Minute)
		r.settled()
	}, fifo)
}

// Batched groups send several messages at once, one request at a time.
func TestBatchedGroup(t *testing.T) {
	inBubble(t, &fakeSink{latency: time.Second}, func(r *rig) {
		r.deliver(inGroups("g", 25)...)
		pass(time.Minute)
		if n := len(r.far.requests()); n != 3 || r.far.overlaps != 0 {
			t.Errorf("%d requests, %d overlaps", n, r.far.overlaps)
		}
		inOrder(t, r.far.accepted())
		r.settled()
	}, batched)
}

// One group that fails keeps none of the others.
func TestOtherGroupsFlow(t *testing.T) {
	far := &fakeSink{answer: func(_ int, batch []*Message, results []*Failure) *Failure {
		for i, m := range batch {
			if m.GroupID == "a" {
				results[i] = &Failure{Class: Transient, Code: "InternalError"}
			}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver(inGroups("ab", 40)...)
		pass(time.Minute)
		got := far.accepted()
		if len(got) != 20 || slices.ContainsFunc(got, func(b string) bool { return b[0] == 'a' }) {
			t.Errorf("accepted %v", got)
		}
		if far.sends("a:2") != 0 {
			t.Error("overtaken")
		}
	}, fifo)
}

// A message that the destination cannot carry leaves its group's order as it is.
func TestTooLargeInGroup(t *testing.T) {
	for name, mode := range map[string]func(*LaneOptions){"strict": fifo, "batched": batched} {
		t.Run(name, func(t *testing.T) {
			far := &fakeSink{limits: Limits{MaxMessageBytes: 4, MaxBatchBytes: 100}}
			inBubble(t, far, func(r *rig) {
				r.deliver("g:1", "g:2000", "g:3", "h:1000", "h:2")
				pass(time.Minute)
				if got := r.writer.values(); !slices.Equal(got, []string{"g:2000", "h:1000"}) {
					t.Errorf("dead letters %v", got)
				}
				inOrder(t, far.accepted())
				r.settled()
			}, mode)
		})
	}
}

// A partition that leaves and comes back while its requests are out keeps to one request a group,
// and what is read again comes after what was out.
func TestReassignedInFlight(t *testing.T) {
	inBubble(t, &fakeSink{latency: time.Second}, func(r *rig) {
		r.deliver("g:1", "g:2", "g:3")
		pass(500 * time.Millisecond)
		r.part.Close()
		r.lane.Sweep()
		r.part, r.next = NewPartition("t", 0, r.part.Origin, r.window), 0
		r.deliver("g:1", "g:2", "g:3")
		pass(time.Minute)
		if got := fmt.Sprint(r.far.accepted()); got != "[g:1 g:1 g:2 g:3]" || r.far.overlaps != 0 {
			t.Errorf("accepted %s, %d overlaps", got, r.far.overlaps)
		}
		r.settled()
	}, fifo)
}

// A stop in mid-batch drains everything without waiting for requests to fill.
func TestDrain(t *testing.T) {
	inBubble(t, &fakeSink{latency: 100 * time.Millisecond}, func(r *rig) {
		r.deliver(inGroups("abc", 31)...)
		r.lane.Flush()
		began := time.Now()
		if !r.part.Drain(context.Background()) {
			t.Fatal("not drained")
		}
		if took := time.Since(began); took > 11*100*time.Millisecond {
			t.Errorf("took %v for 11 turns", took)
		}
		r.settled()
	}, fifo, func(o *LaneOptions) { o.Linger = time.Second })
}
