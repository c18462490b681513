package delivery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sink"
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
func TestStrictGroupsArriveInOrder(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random, feed := rand.New(rand.NewPCG(seed, 0)), rand.New(rand.NewPCG(seed, 1))
			far := &bridgetest.Sink{Latency: 30 * time.Millisecond}
			far.Answer = func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
				switch p := random.IntN(10); {
				case p < 2:
					return &sink.Failure{Class: sink.Transient, Code: "InternalError"}
				case p < 3:
					return &sink.Failure{Class: sink.Throttled, Code: "RequestThrottled"}
				case p < 5:
					results[random.IntN(len(batch))] = &sink.Failure{Class: sink.Transient, Code: "InternalError"}
				case p < 6 && len(batch) > 1:
					return &sink.Failure{Class: sink.Poison, Code: "InvalidParameterValue"}
				}
				return nil
			}
			inBubble(t, far, func(r *rig) {
				for _, m := range inGroups("abcdefghijklmno", 300) {
					r.deliver(m)
					if feed.IntN(20) == 0 {
						bridgetest.Pass(20 * time.Millisecond)
					}
				}
				bridgetest.Pass(24 * time.Hour)
				if far.Overlaps != 0 || far.MostOf != 1 {
					t.Errorf("a group was out twice %d times, and %d times in one request", far.Overlaps, far.MostOf)
				}
				inOrder(t, far.Accepted())
				if n := len(far.Accepted()); n != 300 {
					t.Errorf("%d accepted", n)
				}
				r.settled()
			}, fifo, concurrent(8))
		})
	}
}

// Strict groups fill requests across groups; what is left of them follows at once.
func TestStrictGroupsFillRequestsTogether(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: time.Second}, func(r *rig) {
		r.deliver(inGroups("abcdefghij", 30)...)
		synctest.Wait()
		got := r.far.Requests()
		if len(got) != 1 || len(got[0]) != 10 {
			t.Fatalf("requests %v", got)
		}
		bridgetest.Pass(time.Second)
		if n := len(r.far.Requests()); n != 2 {
			t.Errorf("%d requests after the first is answered", n)
		}
		bridgetest.Pass(time.Minute)
		r.settled()
	}, fifo)
}

// Batched groups send several messages at once, one request at a time.
func TestBatchedGroupSendsSeveralAtOnce(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: time.Second}, func(r *rig) {
		r.deliver(inGroups("g", 25)...)
		bridgetest.Pass(time.Minute)
		if n := len(r.far.Requests()); n != 3 || r.far.Overlaps != 0 {
			t.Errorf("%d requests, %d overlaps", n, r.far.Overlaps)
		}
		inOrder(t, r.far.Accepted())
		r.settled()
	}, batched)
}

func TestFailingGroupHoldsUpNoOther(t *testing.T) {
	far := &bridgetest.Sink{Answer: func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		for i, m := range batch {
			if m.GroupID == "a" {
				results[i] = &sink.Failure{Class: sink.Transient, Code: "InternalError"}
			}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver(inGroups("ab", 40)...)
		bridgetest.Pass(time.Minute)
		got := far.Accepted()
		if len(got) != 20 || slices.ContainsFunc(got, func(b string) bool { return b[0] == 'a' }) {
			t.Errorf("accepted %v", got)
		}
		if far.Sends("a:2") != 0 {
			t.Error("overtaken")
		}
	}, fifo)
}

// A message that the destination cannot carry leaves its group's order as it is.
func TestTooLargeMessageKeepsTheOrderOfItsGroup(t *testing.T) {
	for name, mode := range map[string]func(*LaneOptions){"strict": fifo, "batched": batched} {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Limits: sink.Limits{MaxMessageBytes: 4, MaxBatchBytes: 100}}
			inBubble(t, far, func(r *rig) {
				r.deliver("g:1", "g:2000", "g:3", "h:1000", "h:2")
				bridgetest.Pass(time.Minute)
				if got := r.writer.Values(); !slices.Equal(got, []string{"g:2000", "h:1000"}) {
					t.Errorf("dead letters %v", got)
				}
				inOrder(t, far.Accepted())
				r.settled()
			}, mode)
		})
	}
}

// A partition that leaves and comes back while its requests are out keeps to one request a group,
// and what is read again comes after what was out.
func TestReassignedPartitionKeepsToOneRequestAGroup(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: time.Second}, func(r *rig) {
		r.deliver("g:1", "g:2", "g:3")
		bridgetest.Pass(500 * time.Millisecond)
		r.part.Close()
		r.lane.Sweep()
		r.part, r.next = offsets.NewTracker("t", 0, r.part.Origin, r.window), 0
		r.deliver("g:1", "g:2", "g:3")
		bridgetest.Pass(time.Minute)
		if got := fmt.Sprint(r.far.Accepted()); got != "[g:1 g:1 g:2 g:3]" || r.far.Overlaps != 0 {
			t.Errorf("accepted %s, %d overlaps", got, r.far.Overlaps)
		}
		r.settled()
	}, fifo)
}

// A stop in mid-batch drains everything without waiting for requests to fill.
func TestDrainDoesNotWaitForFullRequests(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: 100 * time.Millisecond}, func(r *rig) {
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
