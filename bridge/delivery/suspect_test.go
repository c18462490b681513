package delivery

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// proxied answers as a proxy that refuses requests with some bodies in them: nothing tells which body it was.
func proxied(refuses func(batch []*message.Message) bool) func(int, []*message.Message, []*sink.Failure) *sink.Failure {
	return func(_ int, batch []*message.Message, _ []*sink.Failure) *sink.Failure {
		if refuses(batch) {
			return &sink.Failure{Class: sink.Configuration, Ambiguous: true, Code: "no_service_answer", Message: "Forbidden"}
		}
		return nil
	}
}

// holds says whether a request has a body that is marked.
func holds(batch []*message.Message) bool {
	return slices.ContainsFunc(batch, func(m *message.Message) bool { return marked(string(m.Body)) })
}

func marked(body string) bool { return strings.HasSuffix(body, "9") }

var kinds = map[string]func(*LaneOptions){"standard": func(*LaneOptions) {}, "strict": fifo, "batched": batched}

// feed delivers messages, a hundred a second, for as long as d. Those that are marked are in group i.
func (r *rig) feed(first int, d time.Duration) (next int) {
	for range d / (100 * time.Millisecond) {
		var batch []string
		for range 10 {
			batch = append(batch, fmt.Sprintf("%c:%d", 'a'+first%10, first+1))
			first++
		}
		r.deliver(batch...)
		bridgetest.Pass(100 * time.Millisecond)
	}
	return first
}

// What a proxy refuses holds up nothing but its own group, and is a dead letter in the end; nothing else
// is. Nothing of its group is sent before.
func TestMessageRefusedByAProxyHoldsUpOnlyItsGroup(t *testing.T) {
	bad := []string{"i:1099", "i:119", "i:129", "x:9"}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(func(batch []*message.Message) bool {
				return slices.ContainsFunc(batch, func(m *message.Message) bool { return slices.Contains(bad, string(m.Body)) })
			})}
			inBubble(t, far, func(r *rig) {
				r.deliver("x:9", "x:10")
				next := r.feed(100, 3*time.Second)
				for _, want := range []string{"a:101", "b:102", "j:390"} {
					if !slices.Contains(far.Accepted(), want) {
						t.Errorf("after three seconds %s is not there", want)
					}
				}
				if name != "standard" && slices.Contains(far.Accepted(), "x:10") {
					t.Error("a message that waits was overtaken")
				}
				next = r.feed(next, 40*time.Second)
				if !slices.Contains(r.writer.Values(), "x:9") || !slices.Contains(far.Accepted(), "x:10") {
					t.Errorf("dead letters %v", r.writer.Values())
				}
				r.feed(next, 3*time.Minute)
				bridgetest.Pass(time.Minute)
				if got := r.writer.Values(); !slices.Equal(got, bad) {
					t.Errorf("dead letters %v, want %v", got, bad)
				}
				for _, l := range r.writer.All() {
					if l.Reason != message.ReasonRejected || !strings.Contains(l.Error, "Forbidden") || l.Attempts < mostRefusals {
						t.Errorf("dead letter %+v", l)
					}
				}
				if name != "standard" {
					inOrder(t, far.Accepted())
				}
				r.settled()
			}, kind)
		})
	}
}

// Beside messages that a proxy refuses, the others keep their pace, and the destination is not called
// broken.
func TestOthersKeepTheirPaceBesideRefusedMessages(t *testing.T) {
	far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(holds)}
	inBubble(t, far, func(r *rig) {
		r.feed(100, time.Minute)
		if began, _ := r.health.Told(laneKey); began > 0 {
			t.Errorf("told: %s", r.health.Latest)
		}
		bridgetest.Pass(time.Second)
		if got, want := len(far.Accepted()), int(r.next)*9/10; got != want {
			t.Errorf("%d messages are there, want %d", got, want)
		}
	})
}

func TestRequestRefusedForItsSizeIsSentInParts(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(func(batch []*message.Message) bool {
				size := 0
				for _, m := range batch {
					size += m.Size
				}
				return size > 25
			})}
			inBubble(t, far, func(r *rig) {
				r.deliver(inGroups("abcdefghij", 1000)...)
				bridgetest.Pass(time.Minute)
				if letters := r.writer.Values(); len(letters) > 0 {
					t.Errorf("dead letters %v", letters)
				}
				if began, _ := r.health.Told(laneKey); began > 0 {
					t.Errorf("told: %s", r.health.Latest)
				}
				if name != "standard" {
					inOrder(t, far.Accepted())
				}
				r.settled()
			}, kind)
		})
	}
}

// Where everything is refused it is no message's fault, for however long; when it is over, everything
// arrives.
func TestNoMessageIsBlamedWhereAllAreRefused(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			var refusing atomic.Bool
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(func([]*message.Message) bool { return refusing.Load() })}
			inBubble(t, far, func(r *rig) {
				next := r.feed(100, 10*time.Second)
				refusing.Store(true)
				next = r.feed(next, 10*time.Second)
				before := len(far.Requests())
				bridgetest.Pass(time.Hour)
				if n := len(far.Requests()) - before; n > 3000 {
					t.Errorf("%d requests in an hour", n)
				}
				if r.health.Text(laneKey) == "" {
					t.Error("not told")
				}
				if len(r.lane.Stranded()) != 1 {
					t.Error("nothing is stranded")
				}
				refusing.Store(false)
				bridgetest.Pass(20 * time.Second)
				r.feed(next, 10*time.Second)
				bridgetest.Pass(time.Minute)
				if letters := r.writer.Values(); len(letters) > 0 {
					t.Errorf("dead letters %v", letters)
				}
				if text := r.health.Text(laneKey); text != "" {
					t.Errorf("still told: %s", text)
				}
				if name != "standard" {
					inOrder(t, far.Accepted())
				}
				r.settled()
			}, kind)
		})
	}
}

// A proxy that refuses everything now and then refuses no message for what it is.
func TestPassingRefusalsBlameNoMessage(t *testing.T) {
	for _, spell := range []time.Duration{300 * time.Millisecond, time.Second, 3 * time.Second, 10 * time.Second} {
		t.Run(spell.String(), func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(func([]*message.Message) bool {
				return time.Now().UnixNano()/int64(spell)%2 == 0
			})}
			inBubble(t, far, func(r *rig) {
				r.feed(100, 4*time.Minute)
				if letters := r.writer.Values(); len(letters) > 0 {
					t.Errorf("dead letters %v", letters)
				}
			})
		})
	}
}

// However many refused messages there are in front, those behind them do not wait for each of them, and
// they are dead letters in the end.
func TestManyRefusedMessagesDoNotHoldUpOthers(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(func(batch []*message.Message) bool {
				return slices.ContainsFunc(batch, func(m *message.Message) bool { return strings.HasPrefix(string(m.Body), "bad") })
			})}
			inBubble(t, far, func(r *rig) {
				const many = 600
				for n := range many {
					r.deliver(fmt.Sprintf("bad%d:1", n))
				}
				good := 0
				for range 4 * time.Minute / (100 * time.Millisecond) {
					for range 10 {
						r.deliver(fmt.Sprintf("good%d:1", good))
						good++
					}
					bridgetest.Pass(100 * time.Millisecond)
				}
				bridgetest.Pass(time.Second)
				if got := len(far.Accepted()); got != good {
					t.Errorf("%d of the others are there, want %d", got, good)
				}
				if n := len(r.writer.All()); n != many {
					t.Errorf("%d dead letters", n)
				}
				r.settled()
			}, kind)
		})
	}
}

// A dead letter that is refused waits, and holds up no other; it never becomes one itself.
func TestRefusedLetterLetsOthersPass(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(func(batch []*message.Message) bool {
				return slices.ContainsFunc(batch, func(m *message.Message) bool {
					return slices.ContainsFunc(m.Attributes, func(a message.Attribute) bool { return a.Value == "c-bad:1" })
				})
			})}
			inBubble(t, far, func(r *rig) {
				r.letters.ToLane(r.lane)
				r.letters.Take(r.delivery("bad:1"), "other", message.ReasonRejected, &sink.Failure{Code: "c"})
				for n := range 600 {
					good := r.delivery(fmt.Sprintf("good:%d", n))
					good.Record.Key = []byte{byte(n)} // its group, and others than that of what is refused
					r.letters.Take(good, "other", message.ReasonRejected, &sink.Failure{Code: "c"})
					bridgetest.Pass(time.Second)
				}
				bridgetest.Pass(20 * time.Second)
				if n := len(far.Accepted()); n != 600 {
					t.Errorf("%d letters are there", n)
				}
				if m := r.part.Committable().Offset; m != 0 {
					t.Errorf("settled up to %d", m)
				}
				if r.health.Text(lettersKey) == "" {
					t.Error("not told of the letter that waits")
				}
				if letters := r.writer.Values(); len(letters) > 0 {
					t.Errorf("dead letters of dead letters: %v", letters)
				}
			}, kind)
		})
	}
}

// Where nothing else is sent it cannot be told what is refused: that is told. The end of it, when others
// pass.
func TestRefusalWithoutOthersIsTold(t *testing.T) {
	far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(holds)}
	inBubble(t, far, func(r *rig) {
		r.deliver("a:1", "b:9")
		bridgetest.Pass(time.Hour)
		if letters := r.writer.Values(); len(letters) > 0 {
			t.Errorf("dead letters %v", letters)
		}
		if r.health.Text(laneKey) == "" {
			t.Error("not told")
		}
		r.deliver("c:1")
		bridgetest.Pass(time.Second)
		if text := r.health.Text(laneKey); text != "" || !slices.Contains(far.Accepted(), "c:1") {
			t.Errorf("accepted %v; told: %s", far.Accepted(), text)
		}
		bridgetest.Pass(time.Minute)
		r.settled()
	})
}

// One that waits may keep anything else from being read. That others passed before that is enough.
func TestRefusedMessageIsBlamedWhereOthersPassedBefore(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(holds)}
			inBubble(t, far, func(r *rig) {
				r.deliver("a:1", "b:9")
				bridgetest.Pass(200 * time.Millisecond)
				r.deliver("c:1")
				bridgetest.Pass(20 * time.Second)
				if letters := r.writer.Values(); !slices.Equal(letters, []string{"b:9"}) {
					t.Errorf("dead letters %v", letters)
				}
				r.settled()
			}, kind)
		})
	}
}

// That others have passed once proves nothing where all that come are refused since: a proxy may have been
// about to refuse everything.
func TestRefusedMessageIsNotBlamedOnceAllAreRefused(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			var refusing atomic.Bool
			refusing.Store(true)
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(func([]*message.Message) bool { return refusing.Load() })}
			inBubble(t, far, func(r *rig) {
				r.deliver("a:1")
				bridgetest.Pass(200 * time.Millisecond)
				refusing.Store(false)
				r.deliver("b:1")
				bridgetest.Pass(100 * time.Millisecond)
				refusing.Store(true)
				for n := range 600 {
					r.deliver(fmt.Sprintf("%c:%d", 'c'+n%10, n+1))
					bridgetest.Pass(time.Second)
				}
				bridgetest.Pass(10 * time.Minute)
				refusing.Store(false)
				bridgetest.Pass(time.Minute)
				if letters := r.writer.Values(); len(letters) > 0 {
					t.Errorf("dead letters %v", letters)
				}
				r.settled()
			}, kind)
		})
	}
}

// An assignment that ends takes with it what is held aside. Where nothing else is left, nobody waits for
// it.
func TestWhatIsHeldAsideEndsWithItsAssignment(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: proxied(holds)}
			inBubble(t, far, func(r *rig) {
				r.deliver("a:1", "b:9", "c:1", "b:10")
				bridgetest.Pass(time.Second)
				want := 1 // standard: b:10 has passed
				if name != "standard" {
					want = 2
				}
				for r.lane.Stranded() == nil { // it is just being tried again
					bridgetest.Pass(10 * time.Millisecond)
				}
				if n := r.lane.Stranded()[r.part]; n != want || n != r.part.Pending() {
					t.Errorf("%d are stranded, want %d; %d pend", n, want, r.part.Pending())
				}
				idle := r.lane.Retire()
				r.part.Close()
				r.lane.Sweep()
				bridgetest.Pass(time.Minute)
				select {
				case <-idle:
				default:
					t.Error("the lane is not idle")
				}
				if n := r.lane.Queued(); n != 0 {
					t.Errorf("%d queued", n)
				}
			}, kind)
		})
	}
}

// Requests that fail again and again for one of their messages do so without it, in the end: the others
// arrive. It is not called poison for that.
func TestMessageThatFailsItsRequestsIsLeftOutOfThem(t *testing.T) {
	for _, class := range []sink.Class{sink.Transient, sink.Unknown} {
		for name, kind := range kinds {
			t.Run(class.String()+" "+name, func(t *testing.T) {
				far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Answer: func(_ int, batch []*message.Message, _ []*sink.Failure) *sink.Failure {
					if holds(batch) {
						return &sink.Failure{Class: class, Code: "no_service_answer", Message: "Bad Gateway"}
					}
					return nil
				}}
				inBubble(t, far, func(r *rig) {
					r.deliver("a:1", "b:1", "c:9", "c:10", "d:1", "e:1")
					for n := range 3000 {
						r.deliver(fmt.Sprintf("f:%d0", n+1))
						bridgetest.Pass(100 * time.Millisecond)
					}
					got := far.Accepted()
					for _, want := range []string{"a:1", "b:1", "d:1", "e:1"} {
						if !slices.Contains(got, want) {
							t.Errorf("%s is not there", want)
						}
					}
					if letters := r.writer.Values(); len(letters) > 0 {
						t.Errorf("dead letters %v", letters)
					}
					if name != "standard" && slices.Contains(far.Accepted(), "c:10") {
						t.Error("overtaken")
					}
				}, kind)
			})
		}
	}
}
