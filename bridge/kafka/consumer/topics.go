package consumer

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// topicCheck is how often it is looked whether the topics are there. The client itself says
// nothing of a topic that is missing: it is not read, or the group never joined.
const topicCheck = 10 * time.Second

// watchTopics tells of topics that do not exist, until they do.
func (s *Source) watchTopics(ctx context.Context) {
	for wait := time.Duration(0); ; wait = topicCheck {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if s.checkTopics(ctx) {
			return
		}
	}
}

// checkTopics reports whether every topic is there. Where the broker does not answer it is not
// known, and asked again.
func (s *Source) checkTopics(ctx context.Context) bool {
	look, cancel := context.WithTimeout(ctx, topicCheck)
	defer cancel()
	all := true
	for _, t := range s.opts.Topics {
		why, err := s.topicMissing(look, t)
		switch key := "topic " + t; {
		case err != nil:
			all = false
		case why != "":
			all = false
			s.health.Trouble(key, why)
		default:
			s.health.Recovered(key)
		}
	}
	return all
}

// topicMissing says why a topic, or any that matches, is not read; empty where it is.
func (s *Source) topicMissing(ctx context.Context, topic string) (string, error) {
	if _, regex := kafka.Subscription([]string{topic}); !regex {
		found, err := s.describe(ctx, topic)
		if err != nil {
			return "", err
		}
		return unreadable(found.Err(topic)), nil
	}
	matching, err := kafka.Topics(ctx, s.admin, []string{topic})
	if err != nil {
		return "", err
	}
	if len(matching) == 0 {
		return "no topic matches; one is read when it is created", nil
	}
	return "", nil
}

// unreadable words what the broker says of a topic.
func unreadable(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return "it does not exist; it is read when it is created"
	default:
		return "it cannot be read: " + err.Error()
	}
}
