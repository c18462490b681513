package watch

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/telemetry"
)

const (
	// topicCheck is how often it is looked whether topics are there now of which one was not.
	topicCheck = 10 * time.Second
	// topicRecheck is how often it is looked whether all are still described.
	topicRecheck = 30 * time.Second
)

// Topics tells of topics that do not exist, or are not described, until they are, or ctx ends. They are names, or regular
// expressions between slashes. The client itself says nothing of a topic that is missing: it is not read, or the group
// never joined. Nor of one that brokers describe no more: what it knows of it is read, and partitions that are new are not.
// held are the partitions that are owned, which tell what topics a regular expression stands for.
func Topics(ctx context.Context, client *kgo.Client, topics []string, held func() []Held, health telemetry.Health) {
	look := newTopicLook(client, health)
	for {
		wait := topicRecheck
		if !look.at(ctx, topics, held()) {
			wait = topicCheck
		}
		if !pause.For(ctx, wait) {
			return
		}
	}
}

// topicLook looks at topics again and again.
type topicLook struct {
	client *kgo.Client
	health telemetry.Health
	there  map[string]bool // as of the latest look
	told   map[string]bool // what was told, and is not over: the consumer tells of topics as well
}

func newTopicLook(client *kgo.Client, health telemetry.Health) *topicLook {
	return &topicLook{client: client, health: health, there: map[string]bool{}, told: map[string]bool{}}
}

// at reports whether every topic is there. Where the broker does not answer it is not known, and asked again. Of one that
// was there it tells at the second look: a leader may be elected at the time of one.
func (l *topicLook) at(ctx context.Context, topics []string, held []Held) bool {
	look, cancel := context.WithTimeout(ctx, topicCheck)
	defer cancel()
	all := true
	var names []string
	for _, t := range topics {
		if _, regex := kafka.Subscription([]string{t}); !regex {
			names = append(names, t)
		} else if !l.there[t] { // the client looks for others itself
			why, err := l.unmatched(look, t)
			all = l.see(t, why, err) && all
		}
	}
	named := len(names)
	for _, p := range held {
		if t := p.At.Topic; !slices.Contains(names, t) {
			names = append(names, t)
			if _, known := l.there[t]; !known {
				l.there[t] = true // or it could not be owned
			}
		}
	}
	l.forget(append(slices.Clone(topics), names...))
	if len(names) == 0 {
		return all // none would be all
	}
	found, err := kafka.Describe(look, l.client, names...)
	for i, t := range names {
		refused := found.Err(t)
		if err == nil && i >= named && errors.Is(refused, kerr.UnknownTopicOrPartition) {
			continue // nothing asks for a topic that nothing matches
		}
		all = l.see(t, kafka.Undescribed(refused), err) && all
	}
	return all
}

// see notes why a topic is not there, if it is not, and says whether it is.
func (l *topicLook) see(topic, why string, err error) bool {
	if err != nil {
		return false
	}
	was := l.there[topic]
	l.there[topic] = why == ""
	switch key := "topic " + topic; {
	case why != "" && !was:
		l.told[topic] = true
		l.health.Report(key, why)
	case why == "" && l.told[topic]:
		delete(l.told, topic)
		l.health.Resolve(key)
	}
	return why == ""
}

// forget ends what was told of topics that are looked at no more.
func (l *topicLook) forget(but []string) {
	for t := range l.there {
		if slices.Contains(but, t) {
			continue
		}
		if l.told[t] {
			l.health.Drop("topic " + t)
		}
		delete(l.there, t)
		delete(l.told, t)
	}
}

// unmatched says why nothing is read that matches; empty where something is.
func (l *topicLook) unmatched(ctx context.Context, regex string) (string, error) {
	matching, err := kafka.Topics(ctx, kadm.NewClient(l.client), []string{regex})
	if err != nil || len(matching) > 0 {
		return "", err
	}
	return "no topic matches; one is read when it is created", nil
}
