package bridge

import (
	"context"
	"sync"
	"time"
)

// fakeSink answers as a test scripts it, after a latency, and keeps what it was asked.
type fakeSink struct {
	latency time.Duration
	// answer fills in results for the n-th call, counted from 1; nil accepts everything.
	answer func(n int, batch []*Message, results []*Failure) *Failure
	// lookup is how long an opening takes.
	lookup time.Duration
	// open is asked at the n-th opening; nil opens.
	open   func(n int) error
	limits Limits

	mu       sync.Mutex
	calls    []call
	openings []time.Time
	out      int
	mostOut  int
	groups   map[string]int // messages out by group
	overlaps int            // requests with a group that was out already
	mostOf   int            // messages of one group in a request
	closed   bool
	early    bool // closed with requests out
}

// call is one request.
type call struct {
	at       time.Time
	bodies   []string
	size     int
	accepted []string
}

func (s *fakeSink) Open(ctx context.Context) (Limits, error) {
	waitFor(ctx, s.lookup)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.openings = append(s.openings, time.Now())
	if s.open != nil {
		if err := s.open(len(s.openings)); err != nil {
			return Limits{}, err
		}
	}
	return s.limits, nil
}

func (s *fakeSink) Send(ctx context.Context, batch []*Message, results []*Failure) *Failure {
	n := s.begin(batch)
	cut := !waitFor(ctx, s.latency)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out--
	for _, m := range batch {
		s.groups[m.GroupID]--
	}
	if cut {
		return &Failure{Class: Unknown, Code: "cut_off"}
	}
	if s.answer != nil {
		if f := s.answer(n, batch, results); f != nil {
			return f
		}
	}
	for i, m := range batch {
		if results[i] == nil {
			s.calls[n-1].accepted = append(s.calls[n-1].accepted, string(m.Body))
		}
	}
	return nil
}

// begin notes a request, and returns its number.
func (s *fakeSink) begin(batch []*Message) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.groups == nil {
		s.groups = map[string]int{}
	}
	s.out++
	s.mostOut = max(s.mostOut, s.out)
	c := call{at: time.Now()}
	here := map[string]int{}
	for _, m := range batch {
		c.bodies = append(c.bodies, string(m.Body))
		c.size += m.Size
		if here[m.GroupID]++; m.GroupID == "" {
			continue
		}
		if s.groups[m.GroupID] > 0 && here[m.GroupID] == 1 {
			s.overlaps++
		}
		s.mostOf = max(s.mostOf, here[m.GroupID])
	}
	for g, n := range here {
		s.groups[g] += n
	}
	s.calls = append(s.calls, c)
	return len(s.calls)
}

func (s *fakeSink) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.early = true, s.out > 0
}

// accepted returns the bodies that were accepted, in the order of the answers.
func (s *fakeSink) accepted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, c := range s.calls {
		all = append(all, c.accepted...)
	}
	return all
}

// requests returns the bodies of each request.
func (s *fakeSink) requests() [][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all [][]string
	for _, c := range s.calls {
		all = append(all, c.bodies)
	}
	return all
}

// seen returns how many requests are out, and how many were at the most since the last look.
func (s *fakeSink) seen() (out, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	most, s.mostOut = s.mostOut, 0
	return s.out, most
}

// grouped returns how often a group was in two requests at once, and how many of one were in a request
// at the most.
func (s *fakeSink) grouped() (overlaps, mostOf int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.overlaps, s.mostOf
}

// opened returns how often the sink was opened.
func (s *fakeSink) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.openings)
}

// sends returns how often a body was in a request.
func (s *fakeSink) sends(body string) int {
	n := 0
	for _, r := range s.requests() {
		for _, b := range r {
			if b == body {
				n++
			}
		}
	}
	return n
}

// waitFor waits; false where ctx ended before.
func waitFor(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// setLimits changes the limits of the destination.
func (s *fakeSink) setLimits(message, batch int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = Limits{MaxMessageBytes: message, MaxBatchBytes: batch}
}
