package consumer

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka/membership"
)

const (
	// leaveTimeout bounds how long it may take to tell the broker that this member goes.
	leaveTimeout = 5 * time.Second
	// leaveAlone is after which time the group is told beside the client.
	leaveAlone = 500 * time.Millisecond
)

// close leaves the group and ends the client. Where the broker does not hear of it, the group gives this member
// up after its session, as one that has crashed; to wait for that helps nobody.
func (s *Source) close() {
	defer func() {
		s.hangUp()
		s.commits.Alone(func() {}) // what the client still has of a commit ends with it
	}()
	defer time.AfterFunc(leaveTimeout, s.hangUp).Stop()
	defer time.AfterFunc(leaveAlone, s.leaveGroup).Stop()
	s.client.Close()
}

// leaveGroup tells the broker that this member goes. The client does so only once its request to join is answered,
// which takes as long as the rebalance: nobody would read, for the length of a session, what the group gives then to
// a member that is no more. A static member stays one.
func (s *Source) leaveGroup() {
	id, _ := s.client.GroupMetadata()
	if id == "" || s.opts.InstanceID != "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	if err := membership.Leave(ctx, s.client, s.opts.Group, id); err != nil { // or it has left meanwhile, which the answer would tell
		s.log.Debug("the broker could not be told that this member leaves", zap.Error(err))
	}
}
