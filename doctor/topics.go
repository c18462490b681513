package doctor

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/deadletter"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/topic"
)

// topics looks for every topic that is read by name, and counts what the patterns match.
func (k *cluster) topics(ctx context.Context) {
	var names []string
	var patterns topic.Set
	for _, t := range k.config.Reads() {
		if t.IsExpression() {
			patterns = append(patterns, t)
		} else {
			names = append(names, t.String())
		}
	}
	if len(names) > 0 {
		found, err := k.describe(ctx, names)
		for _, name := range names {
			k.topic(ctx, name, found[name], err)
		}
	}
	if len(patterns) > 0 {
		all, err := k.describe(ctx, nil)
		for _, p := range patterns {
			k.pattern(ctx, p, all, err)
		}
	}
}

// described is a topic as the broker tells of it.
type described struct {
	partitions int
	internal   bool
	operations []kadm.ACLOperation
	err        error
}

// describe asks for topics, all where none is named. kadm's own call fails as a whole where one
// topic is not open to the principal.
func (k *cluster) describe(ctx context.Context, names []string) (map[string]described, error) {
	req := kmsg.NewPtrMetadataRequest()
	req.AllowAutoTopicCreation = false
	req.IncludeTopicAuthorizedOperations = true
	for _, name := range names {
		t := kmsg.NewMetadataRequestTopic()
		t.Topic = &name
		req.Topics = append(req.Topics, t)
	}
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return nil, err
	}
	found := make(map[string]described, len(resp.Topics))
	for _, t := range resp.Topics {
		if t.Topic != nil {
			found[*t.Topic] = described{len(t.Partitions), t.IsInternal, kadm.DecodeACLOperations(t.AuthorizedOperations), kerr.ErrorForCode(t.ErrorCode)}
		}
	}
	for _, name := range names {
		if _, ok := found[name]; !ok {
			found[name] = described{err: kerr.UnknownTopicOrPartition}
		}
	}
	return found, nil
}

func (k *cluster) topic(ctx context.Context, name string, t described, err error) {
	place := "topics." + name
	if err == nil {
		err = t.err
	}
	switch {
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		k.fail(place, fmt.Sprintf("topic %s does not exist; create it, or correct the name", name))
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		k.fail(place, fmt.Sprintf("topic %s is not open to the bridge, or does not exist; give the principal the rights READ and DESCRIBE on it", name))
	case err != nil:
		k.fail(place, fmt.Sprintf("topic %s cannot be described (%s); see to the brokers, and check again", name, plainly(ctx, err)))
	case !allowed(t.operations, kadm.OpRead):
		k.fail(place, fmt.Sprintf("topic %s may not be read; give the principal the right READ on it", name))
	default:
		k.ok(place, fmt.Sprintf("topic %s has %s", name, excerpt.Plural(t.partitions, "partition")))
	}
}

func (k *cluster) pattern(ctx context.Context, pattern topic.Pattern, all map[string]described, err error) {
	place := "topics." + pattern.String()
	if err != nil {
		k.fail(place, fmt.Sprintf("the topics cannot be listed (%s); see to the brokers, and check again", plainly(ctx, err)))
		return
	}
	matching := 0
	for name, t := range all {
		if !t.internal && pattern.Match(name) {
			matching++
		}
	}
	if matching == 0 {
		k.note(place, fmt.Sprintf("%s matches no topic yet, of those that the principal may describe", pattern))
		return
	}
	k.ok(place, fmt.Sprintf("%s matches %s", pattern, excerpt.Plural(matching, "topic")))
}

// letters looks for the dead-letter topic. Where it is missing the broker is asked whether it
// could be created, as the bridge does at its start.
func (k *cluster) letters(ctx context.Context) {
	const place = "dead_letter.kafka"
	name := k.config.DeadLetter.Kafka
	if name == "" {
		return // a destination, which is checked as such
	}
	found, err := k.describe(ctx, []string{name})
	t := found[name]
	if err == nil {
		err = t.err
	}
	switch {
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		k.creatable(ctx, place, name)
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		k.fail(place, fmt.Sprintf("dead-letter topic %s is not open to the bridge; give the principal the rights WRITE and DESCRIBE on it", name))
	case err != nil:
		k.fail(place, fmt.Sprintf("dead-letter topic %s cannot be described (%s); see to the brokers, and check again", name, plainly(ctx, err)))
	case !allowed(t.operations, kadm.OpWrite):
		k.fail(place, fmt.Sprintf("dead-letter topic %s may not be written; give the principal the right WRITE on it", name))
	default:
		k.ok(place, fmt.Sprintf("dead-letter topic %s exists", name))
		if warning := deadletter.CheckSize(ctx, k.admin, name, k.config.Subscriptions()); warning != "" {
			k.note(place, warning)
		}
	}
}

func (k *cluster) creatable(ctx context.Context, place, name string) {
	answers, err := k.admin.ValidateCreateTopics(ctx, -1, -1, map[string]*string{
		"retention.ms":      kadm.StringPtr("-1"),
		"max.message.bytes": kadm.StringPtr(strconv.Itoa(32 << 20)),
	}, name)
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		k.fail(place, fmt.Sprintf("dead-letter topic %s is missing and cannot be created (%s); create it, or give the principal the right CREATE", name, plainly(ctx, err)))
		return
	}
	k.ok(place, fmt.Sprintf("dead-letter topic %s is missing and can be created, which the bridge does at its start", name))
}
