package consumer

import (
	"context"
	"time"
)

// watchEvery is how often it is looked at what polls do not tell.
const watchEvery = 2 * time.Second

// logsEvery is how often it is asked where logs begin and end of which nothing is fetched.
const logsEvery = 10 * time.Second

// watch looks at what polls do not tell, until ctx ends.
func (s *Source) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for looked := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.wake()
			s.takeUp(ctx)
			s.lookAgain(ctx, now)
			if now.Sub(looked) >= logsEvery {
				looked = now
				s.lookAtThrottles(now)
				s.lookAtLogs(ctx, now)
			}
		}
	}
}

// wake has the client look whether there is something to fetch. A client that is moved twice within a moment may
// lose a wake-up: the loop of a broker that still ends for the first move takes the one of the second along
// (source.loopFetch of franz-go 1.22), and nothing would be fetched from that broker until the next move or
// resumption.
func (s *Source) wake() { s.client.ResumeFetchPartitions(nil) }
