package consumer

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// fetchError is told of an error that came with a poll, once for each poll.
func (s *Source) fetchError(at kafka.TopicPartition, err error) {
	var lost *kgo.ErrDataLoss
	var session *kgo.ErrGroupSession
	switch {
	case errors.Is(err, kgo.ErrClientClosed), errors.As(err, &session):
		// The end, and what the group's hook tells.
	case errors.As(err, &lost):
		s.cut(at, lost)
	case errors.Is(err, kerr.UnknownTopicID):
		s.remade(at.Topic)
	case at.Topic != "" && at.Partition >= 0 && s.assigned[at] == nil:
		s.unown(at) // revoked since, or never this member's
	case at.Partition >= 0 && at.Topic != "" && !s.assigned[at].begun():
		s.refused(at, err)
	case s.ofBatch(at, err):
	case at.Topic != "" && at.Partition < 0:
		s.failing.Report(at, kafka.Undescribed(err), false)
	default:
		s.failing.Report(at, "reading: "+err.Error(), false)
	}
}

// remade has a topic read anew that is another than the one that was read.
func (s *Source) remade(topic string) {
	s.failing.Report(kafka.TopicPartition{Topic: topic, Partition: -1}, "the topic was deleted, and perhaps made again: it is read from its start when it is there", false)
	s.renew(topic)
}

// renew forgets a topic that was deleted and asks for it anew. It must not hold up the poll loop,
// which holds the gate that the revocation needs.
func (s *Source) renew(topic string) {
	if _, regex := kafka.Subscription(s.opts.Topics); regex {
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
	<-h.s.made
	if errors.Is(err, kerr.FencedInstanceID) {
		h.s.commits.Judge(err)
		return
	}
	h.s.joined.Store(false)
	text := err.Error()
	if errors.Is(err, kerr.InconsistentGroupProtocol) {
		text = "it has members that share partitions otherwise than cooperative-sticky: another application is in it; choose another group, or stop them (" + text + ")"
	}
	h.s.health.Report(h.s.key(), "the consumer group is not joined: "+text)
}

// unown has the client fetch nothing more of a partition that is not this member's, until it is assigned. The client
// fetches from offsets that come after their topic was forgotten (franz-go 1.22): everything twice, for nothing, for
// as long as nobody else gets the partition. What is no partition, but an error of a topic or of all, is none of that.
// Called by the poll loop with the gate read-locked.
func (s *Source) unown(at kafka.TopicPartition) {
	if at.Topic != "" && at.Partition >= 0 {
		s.client.PauseFetchPartitions(map[string][]int32{at.Topic: {at.Partition}})
	}
}
