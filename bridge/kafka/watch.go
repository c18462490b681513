package kafka

import (
	"context"
	"time"
)

// watchEvery is how often it is looked at what polls do not tell.
const watchEvery = 2 * time.Second

// logsEvery is how often it is asked where logs begin and end of which nothing is fetched.
const logsEvery = 30 * time.Second

// watch looks at what polls do not tell, until ctx ends.
func (s *Source) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for looked := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.takeUp(ctx)
			s.lookAgain(ctx, now)
			if now.Sub(looked) >= logsEvery {
				looked = now
				s.lookAtLogs(ctx)
			}
		}
	}
}
