package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend/replay"
)

// stretch is a range of a partition as --offset names it.
type stretch struct {
	topic       string // empty where --topic says it
	partition   int32
	first, last int64 // last -1: to the end
}

var stretchText = regexp.MustCompile(`^(?:([A-Za-z0-9._-]{1,249})/)?(\d{1,10}):(\d{1,18})(-(\d{1,18})?)?$`)

func parseStretches(texts []string) ([]stretch, error) {
	var all []stretch
	for _, s := range texts {
		m := stretchText.FindStringSubmatch(s)
		if m == nil {
			return nil, usagef("%q is not a range of a partition; write PARTITION:FIRST-LAST after --offset, like 3:1000-2000 or orders/3:1000-2000", s)
		}
		partition, err := strconv.ParseInt(m[2], 10, 32)
		if err != nil {
			return nil, usagef("%q names a partition that cannot be; write PARTITION:FIRST-LAST after --offset", s)
		}
		first, _ := strconv.ParseInt(m[3], 10, 64) // digits that fit
		last := first
		if m[4] != "" {
			last = -1
		}
		if m[5] != "" {
			last, _ = strconv.ParseInt(m[5], 10, 64)
		}
		if last >= 0 && last < first {
			return nil, usagef("--offset %s ends before it begins; write the lower offset first", s)
		}
		all = append(all, stretch{m[1], int32(partition), first, last})
	}
	return all, nil
}

// topics returns the topics to read, in order, and whether they were named one by one.
func (r *replaying) topics(ctx context.Context) (names []string, named bool, err error) {
	chosen := setOf(r.topicNames)
	for _, s := range r.stretches {
		if s.topic != "" {
			chosen[s.topic] = true
		}
	}
	var subscribed []string
	err = kafka.LookUp(ctx, r.connection(), r.timeout, func(ctx context.Context, admin *kadm.Client) (err error) {
		subscribed, err = kafka.Topics(ctx, admin, r.cfg.Subscriptions())
		return err
	})
	if err != nil {
		return nil, false, liveError(r.cfg, "", err)
	}
	if len(chosen) == 0 {
		return subscribed, false, nil
	}
	for name := range chosen {
		if !slices.Contains(subscribed, name) {
			return nil, true, usagef("topic %s is not read under this configuration, so no rule decides on it; correct --topic, or name it in a rule", name)
		}
	}
	return slices.Sorted(maps.Keys(chosen)), true, nil
}

// spans opens the topics and returns what is to be read of them.
func (r *replaying) spans(ctx context.Context) (spans []replay.Span, done func(), err error) {
	done = func() {
		for _, s := range spans {
			s.Peek.Close()
		}
	}
	topics, named, err := r.topics(ctx)
	if err != nil {
		return nil, done, err
	}
	for _, topic := range topics {
		p, err := r.peek(ctx, topic, r.maxBatch)
		if errors.Is(err, kerr.UnknownTopicOrPartition) && !named {
			excerpt.Fprintf(r.c.ErrOrStderr(), "topic %s does not exist, and is left out\n", topic)
			continue
		}
		if err != nil {
			return spans, done, liveError(r.cfg, topic, err)
		}
		spans = append(spans, replay.Span{Topic: topic, Peek: p})
		ranges, err := r.ranges(ctx, topic, len(topics) == 1, p)
		if err != nil {
			return spans, done, err
		}
		spans[len(spans)-1].Ranges = ranges
	}
	return spans, done, nil
}

// ranges returns what is to be read of one topic.
func (r *replaying) ranges(ctx context.Context, topic string, only bool, p *kafka.Peek) ([]kafka.Range, error) {
	ranges := p.Ranges()
	if len(r.stretches) > 0 {
		var err error
		if ranges, err = named(r.stretches, topic, only, ranges); err != nil {
			return nil, err
		}
	}
	// Kafka finds a time by the first record that is not before it.
	bound := func(at bool, after func(i int, offset int64)) error {
		t := r.since
		if !at {
			t = r.until
		}
		if t.IsZero() {
			return nil
		}
		offsets, err := p.After(ctx, t)
		if err != nil {
			return liveError(r.cfg, topic, err)
		}
		for i := range ranges {
			after(i, offsets[ranges[i].Partition])
		}
		return nil
	}
	err := bound(true, func(i int, o int64) { ranges[i].First = max(ranges[i].First, o) })
	if err == nil {
		err = bound(false, func(i int, o int64) { ranges[i].End = min(ranges[i].End, o) })
	}
	return slices.DeleteFunc(ranges, func(at kafka.Range) bool { return at.First >= at.End }), err
}

// named returns the stretches of a topic, which have to exist.
func named(stretches []stretch, topic string, only bool, have []kafka.Range) ([]kafka.Range, error) {
	var all []kafka.Range
	for _, s := range stretches {
		if s.topic == "" && !only {
			return nil, usagef("--offset %d:%d does not say of which topic; write it like %s/%d:%d", s.partition, s.first, topic, s.partition, s.first)
		}
		if s.topic != "" && s.topic != topic {
			continue
		}
		i := slices.IndexFunc(have, func(at kafka.Range) bool { return at.Partition == s.partition })
		if i < 0 {
			return nil, fmt.Errorf("there is no %s/%d: the topic has %d partitions, from 0", topic, s.partition, len(have))
		}
		at := have[i]
		if at.First == at.End {
			return nil, fmt.Errorf("%s/%d is empty: there is nothing at %d", topic, s.partition, s.first)
		}
		if s.first < at.First || s.first >= at.End || s.last >= at.End {
			return nil, fmt.Errorf("%s/%d can be read from %d to %d; correct --offset", topic, s.partition, at.First, at.End-1)
		}
		if slices.ContainsFunc(all, func(other kafka.Range) bool { return other.Partition == s.partition }) {
			return nil, usagef("--offset names %s/%d twice; run sluice replay for each range", topic, s.partition)
		}
		at.First = s.first
		if s.last >= 0 {
			at.End = s.last + 1
		}
		all = append(all, at)
	}
	return all, nil
}
