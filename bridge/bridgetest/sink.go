package bridgetest

import (
	"context"
	"sync"
	"time"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/internal/pause"
)

// Sink answers as a test scripts it, after a latency, and keeps what it was asked.
type Sink struct {
	Latency time.Duration
	// Answer fills in results for the n-th call, counted from 1; nil accepts everything.
	Answer func(n int, batch []*message.Message, results []*sink.Failure) *sink.Failure
	// Lookup is how long an opening takes.
	Lookup time.Duration
	// AtOpening is asked at the n-th opening; nil opens.
	AtOpening func(n int) error
	Limits    sink.Limits

	Mu       sync.Mutex
	Calls    []Call
	Openings []time.Time
	out      int
	mostOut  int
	groups   map[string]int // messages out by group
	Overlaps int            // requests with a group that was out already
	MostOf   int            // messages of one group in a request
	Closed   bool
	Early    bool // closed with requests out
}

// Call is one request.
type Call struct {
	At       time.Time
	bodies   []string
	Size     int
	accepted []string
}

// Open implements sink.Sink.
func (s *Sink) Open(ctx context.Context) (sink.Limits, error) {
	pause.For(ctx, s.Lookup)
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.Openings = append(s.Openings, time.Now())
	if s.AtOpening != nil {
		if err := s.AtOpening(len(s.Openings)); err != nil {
			return sink.Limits{}, err
		}
	}
	return s.Limits, nil
}

// Send implements sink.Sink.
func (s *Sink) Send(ctx context.Context, batch []*message.Message, results []*sink.Failure) *sink.Failure {
	n := s.begin(batch)
	cut := !pause.For(ctx, s.Latency)
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.out--
	for _, m := range batch {
		s.groups[m.GroupID]--
	}
	if cut {
		return &sink.Failure{Class: sink.Unknown, Code: "cut_off"}
	}
	if s.Answer != nil {
		if f := s.Answer(n, batch, results); f != nil {
			return f
		}
	}
	for i, m := range batch {
		if results[i] == nil {
			s.Calls[n-1].accepted = append(s.Calls[n-1].accepted, string(m.Body))
		}
	}
	return nil
}

// begin notes a request, and returns its number.
func (s *Sink) begin(batch []*message.Message) int {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	if s.groups == nil {
		s.groups = map[string]int{}
	}
	s.out++
	s.mostOut = max(s.mostOut, s.out)
	c := Call{At: time.Now()}
	here := map[string]int{}
	for _, m := range batch {
		c.bodies = append(c.bodies, string(m.Body))
		c.Size += m.Size
		if here[m.GroupID]++; m.GroupID == "" {
			continue
		}
		if s.groups[m.GroupID] > 0 && here[m.GroupID] == 1 {
			s.Overlaps++
		}
		s.MostOf = max(s.MostOf, here[m.GroupID])
	}
	for g, n := range here {
		s.groups[g] += n
	}
	s.Calls = append(s.Calls, c)
	return len(s.Calls)
}

// Close implements sink.Sink.
func (s *Sink) Close() {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.Closed, s.Early = true, s.out > 0
}

// Accepted returns the bodies that were accepted, in the order of the answers.
func (s *Sink) Accepted() []string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	var all []string
	for _, c := range s.Calls {
		all = append(all, c.accepted...)
	}
	return all
}

// Requests returns the bodies of each request.
func (s *Sink) Requests() [][]string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	var all [][]string
	for _, c := range s.Calls {
		all = append(all, c.bodies)
	}
	return all
}

// Seen returns how many requests are out, and how many were at the most since the last look.
func (s *Sink) Seen() (out, most int) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	most, s.mostOut = s.mostOut, 0
	return s.out, most
}

// Grouped returns how often a group was in two requests at once, and how many of one were in a request
// at the most.
func (s *Sink) Grouped() (overlaps, mostOf int) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.Overlaps, s.MostOf
}

// Opened returns how often the sink was opened.
func (s *Sink) Opened() int {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return len(s.Openings)
}

// Sends returns how often a body was in a request.
func (s *Sink) Sends(body string) int {
	n := 0
	for _, r := range s.Requests() {
		for _, b := range r {
			if b == body {
				n++
			}
		}
	}
	return n
}

// SetLimits changes the limits of the destination.
func (s *Sink) SetLimits(message, batch int) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.Limits = sink.Limits{MaxMessageBytes: message, MaxBatchBytes: batch}
}
