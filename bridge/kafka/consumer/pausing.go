package consumer

import (
	"context"
	"time"

	"github.com/sluice-bridge/sluice/internal/pause"
)

const (
	// pauseGrace is how long a partition that is over its share is waited for before it is paused:
	// a pause throws away what is prefetched of it, and under full load everyone is at the limit
	// now and then.
	pauseGrace = 50 * time.Millisecond
	// mostRecords is what one poll takes at most.
	mostRecords = 1000
	// ample is a backlog that keeps every lane busy: more would only take memory.
	ample = 2 * mostRecords
	// breather is how long the poll waits for a smaller one. It is short where one lane has a backlog
	// and another starves, and not too long where that may be for want of records to tell by.
	breather      = 200 * time.Millisecond
	shortBreather = 20 * time.Millisecond
)

// room waits until records may be read, pausing and resuming partitions by what they hold, and
// returns how many. A partition that is stuck does not keep the others from being read.
func (s *Source) room(ctx context.Context) int {
	s.rest(ctx)
	if n, over := s.look(); n > 0 && len(over) == 0 {
		return n
	}
	grace := time.NewTicker(pauseGrace)
	defer grace.Stop()
	for expired := false; ; {
		n, over := s.look()
		if n > 0 && (len(over) == 0 || expired) {
			s.pause(over)
			return n
		}
		select {
		case <-ctx.Done():
			return 1
		case <-s.window.Freed():
		case <-grace.C:
			// Where nothing fits for anyone there is nothing to gain by a pause; the loop only
			// shows that it is alive.
			expired = n > 0
			s.polls.Add(1)
			s.workPostponed(ctx, false)
		}
	}
}

// rest waits a while where the lanes have more than enough to send.
func (s *Source) rest(ctx context.Context) {
	for began := time.Now(); ; {
		backlog, starving := s.currentIntake().Backlog()
		rested := time.Since(began)
		if backlog <= ample || rested >= breather || starving && rested >= shortBreather || !pause.For(ctx, time.Millisecond) {
			return
		}
	}
}

// look returns how many records the next poll may take, and who is over its share.
func (s *Source) look() (int, []*assignment) {
	s.resumeRoomy()
	over := s.overfull()
	return s.window.Batch(mostRecords), over
}

// overfull returns the assignments that are not paused and may not take more.
func (s *Source) overfull() []*assignment {
	s.gate.RLock()
	defer s.gate.RUnlock()
	s.window.Share(len(s.assigned))
	var over []*assignment
	for _, a := range s.assigned {
		if !a.paused.Load() && !s.window.CanTake(a.part.Held()) {
			over = append(over, a)
		}
	}
	return over
}

// pollWait returns how long the next poll may wait for records.
func (s *Source) pollWait() time.Duration {
	if s.busy() {
		return pollWaitLaden
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	wait := pollWait
	for _, a := range s.assigned {
		switch {
		case a.handing():
			return pollWaitLaden
		case a.paused.Load() || len(a.waiting.Records) > 0:
			wait = pollWaitBusy
		}
	}
	return wait
}

func (s *Source) pause(over []*assignment) {
	if len(over) == 0 {
		return
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	names := map[string][]int32{}
	for _, a := range over {
		if s.assigned[a.TopicPartition] == a {
			a.paused.Store(true)
			names[a.Topic] = append(names[a.Topic], a.Partition)
		}
	}
	s.client.PauseFetchPartitions(names)
}

// resumeRoomy resumes the partitions that have room again. Those that were put back wait until more may wait; but
// each has its turn meanwhile, since the schemas that it waited for may have come.
func (s *Source) resumeRoomy() {
	s.gate.RLock()
	defer s.gate.RUnlock()
	names := map[string][]int32{}
	resume := func(a *assignment) {
		a.paused.Store(false)
		a.back = false
		names[a.Topic] = append(names[a.Topic], a.Partition)
	}
	var next *assignment
	for _, a := range s.assigned {
		switch {
		case !a.paused.Load() || len(a.waiting.Records) > 0 || a.alone != nil || !s.window.CanResume(a.part.Held()):
		case !a.back || !s.window.Crowded():
			resume(a)
		case next == nil || a.again.Before(next.again):
			next = a
		}
	}
	if next != nil {
		if now := time.Now(); now.Sub(s.retried) >= schemaTurn {
			s.retried = now
			resume(next)
		}
	}
	if len(names) > 0 {
		s.client.ResumeFetchPartitions(names)
	}
}
