package kafka

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
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
		found, err := s.topicThere(look, t)
		key := "topic " + t
		switch {
		case found:
			s.health.Recovered(key)
		case err == nil:
			all = false
			s.health.Trouble(key, "it does not exist; it is read when it is created")
		default:
			all = false
		}
	}
	return all
}

// topicThere says whether a topic, or one that matches, exists.
func (s *Source) topicThere(ctx context.Context, topic string) (bool, error) {
	if !isRegex(topic) {
		found, err := s.admin.ListTopics(ctx, topic)
		if err != nil {
			return false, err
		}
		err = found[topic].Err
		if errors.Is(err, kerr.UnknownTopicOrPartition) {
			return false, nil
		}
		return err == nil, err
	}
	pattern, err := regexp.Compile(topic[1 : len(topic)-1])
	if err != nil {
		return false, err
	}
	found, err := s.admin.ListTopics(ctx)
	if err != nil {
		return false, err
	}
	for name := range found {
		if pattern.MatchString(name) {
			return true, nil
		}
	}
	return false, nil
}
