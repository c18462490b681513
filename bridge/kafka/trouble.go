package kafka

import (
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// fetchError is told of an error that came with a poll, once for each poll.
func (s *Source) fetchError(at place, err error) {
	var lost *kgo.ErrDataLoss
	var session *kgo.ErrGroupSession
	switch {
	case errors.Is(err, kgo.ErrClientClosed), errors.As(err, &session):
		// The end, and what the group's hook tells.
	case errors.As(err, &lost):
		s.cut(at, lost)
	case errors.Is(err, kerr.UnknownTopicID):
		s.fetchFails(at, "the topic was deleted, and perhaps made again: it is read from its start when it is there")
		s.renew(at.topic)
	default:
		s.fetchFails(at, "reading: "+err.Error())
	}
}

func (s *Source) fetchFails(at place, text string) {
	s.failing[at] = time.Now()
	s.health.Trouble(fetchKey(at), text)
}

func (s *Source) fetchWorks(at place) {
	delete(s.failing, at)
	s.health.Recovered(fetchKey(at))
}

// quietAfter is how long reading must not have failed to be taken for well again, where no record
// comes to show it: an error that lasts comes again with a poll or a look at the cluster's metadata,
// which the client repeats within seconds.
const quietAfter = 30 * time.Second

// quiet ends the trouble of partitions of which no error came for long.
func (s *Source) quiet(now time.Time) {
	for at, last := range s.failing {
		if now.Sub(last) >= quietAfter {
			s.fetchWorks(at)
		}
	}
}

// renew forgets a topic that was deleted and asks for it anew. It must not hold up the poll loop,
// which holds the gate that the revocation needs.
func (s *Source) renew(topic string) {
	if _, regex := subscription(s.opts.Topics); regex {
		go func() {
			s.client.PurgeTopicsFromConsuming(topic)
			s.client.ForceMetadataRefresh() // else the topic stays unseen until the next one
		}()
		return
	}
	go func() {
		s.client.PurgeTopicsFromConsuming(topic)
		s.client.AddConsumeTopics(topic)
	}()
}

// hooks are called by the client.
type hooks struct{ s *Source }

// OnGroupManageError is told why a session of the group ended.
func (h *hooks) OnGroupManageError(err error) {
	if errors.Is(err, kerr.FencedInstanceID) {
		h.s.judgeCommit(err)
		return
	}
	h.s.joined.Store(false)
	h.s.health.Trouble(h.s.key(), "the consumer group is not joined: "+err.Error())
}
