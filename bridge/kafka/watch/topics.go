package watch

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/telemetry"
)

// topicCheck is how often it is looked whether the topics are there. The client itself says
// nothing of a topic that is missing: it is not read, or the group never joined.
const topicCheck = 10 * time.Second

// Topics tells of topics that do not exist, until they do, or ctx ends. They are names, or regular expressions between
// slashes.
func Topics(ctx context.Context, client *kgo.Client, topics []string, health telemetry.Health) {
	for !checkTopics(ctx, client, topics, health) && pause.For(ctx, topicCheck) {
	}
}

// checkTopics reports whether every topic is there. Where the broker does not answer it is not
// known, and asked again.
func checkTopics(ctx context.Context, client *kgo.Client, topics []string, health telemetry.Health) bool {
	look, cancel := context.WithTimeout(ctx, topicCheck)
	defer cancel()
	all := true
	for _, t := range topics {
		why, err := topicMissing(look, client, t)
		switch key := "topic " + t; {
		case err != nil:
			all = false
		case why != "":
			all = false
			health.Report(key, why)
		default:
			health.Resolve(key)
		}
	}
	return all
}

// topicMissing says why a topic, or any that matches, is not read; empty where it is.
func topicMissing(ctx context.Context, client *kgo.Client, topic string) (string, error) {
	if _, regex := kafka.Subscription([]string{topic}); !regex {
		found, err := kafka.Describe(ctx, client, topic)
		if err != nil {
			return "", err
		}
		return kafka.Undescribed(found.Err(topic)), nil
	}
	matching, err := kafka.Topics(ctx, kadm.NewClient(client), []string{topic})
	if err != nil {
		return "", err
	}
	if len(matching) == 0 {
		return "no topic matches; one is read when it is created", nil
	}
	return "", nil
}
