package consumer

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
)

// committedOffsets looks up what the group has committed of partitions, each with an error of its own: kadm
// answers nothing at all where one topic may not be described.
func (s *Source) committedOffsets(ctx context.Context, of map[string][]int32) (kadm.OffsetResponses, error) {
	group := kmsg.NewOffsetFetchRequestGroup()
	group.Group = s.opts.Group
	for topic, ids := range of {
		t := kmsg.NewOffsetFetchRequestGroupTopic()
		t.Topic, t.Partitions = topic, ids
		group.Topics = append(group.Topics, t)
	}
	req := kmsg.NewPtrOffsetFetchRequest()
	req.RequireStable = true
	req.Groups = append(req.Groups, group)
	resp, err := req.RequestWith(ctx, s.client)
	if err != nil {
		return nil, err
	}
	if err := kerr.ErrorForCode(resp.ErrorCode); err != nil {
		return nil, err
	}
	found := kadm.OffsetResponses{}
	for _, g := range resp.Groups {
		if err := kerr.ErrorForCode(g.ErrorCode); err != nil {
			return nil, err
		}
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				o := kadm.OffsetResponse{Err: kerr.ErrorForCode(p.ErrorCode)}
				o.Topic, o.Partition, o.At, o.LeaderEpoch = t.Topic, p.Partition, p.Offset, p.LeaderEpoch
				if p.Metadata != nil {
					o.Metadata = *p.Metadata
				}
				found.Add(o)
			}
		}
	}
	if err := handover.CheckVersions(s.opts.Group, found); err != nil {
		s.fail(err)
		return nil, err
	}
	return found, nil
}
