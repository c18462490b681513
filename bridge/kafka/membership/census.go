package membership

import (
	"context"
	"errors"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// Census asks who is in consumer groups.
type Census struct {
	client *kgo.Client
	// modern says whether the brokers know of groups of KIP-848; nil before they were asked.
	modern *bool
}

// NewCensus makes no request.
func NewCensus(client *kgo.Client) *Census { return &Census{client: client} }

// Tenants asks who is in a group, by both protocols: of a group that is none of the one kind a broker tells nothing,
// and not that it is free. The error wraps kerr.GroupAuthorizationFailed where the group may not be described.
func (c *Census) Tenants(ctx context.Context, group string) (Tenants, error) {
	t := Tenants{Group: group}
	found, err := kadm.NewClient(c.client).DescribeGroups(kadm.WithAuthorizedOps(ctx), group)
	g, there := found[group]
	if there {
		err = g.Err
	}
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		return t, kafka.Unsharded(err)
	}
	t.Operations = g.AuthorizedOperations
	if g.ProtocolType != "" && g.ProtocolType != "consumer" {
		t.Kind = g.ProtocolType
		return t, nil
	}
	for _, m := range g.Members {
		t.Classic.add(m.ClientID, m.ClientHost)
	}
	if len(t.Classic) > 0 {
		t.State, t.Assignor = g.State, g.Protocol
		return t, nil
	}
	if err == nil && g.State != "Dead" { // as older brokers say of a group that they do not know
		t.State = g.State
	}
	return t, c.consumers(ctx, &t)
}

// consumers asks about a group of KIP-848.
func (c *Census) consumers(ctx context.Context, t *Tenants) error {
	modern, err := c.describesConsumers(ctx)
	if err != nil || !modern {
		return err
	}
	found, err := kadm.NewClient(c.client).DescribeConsumerGroups(ctx, t.Group)
	g, there := found[t.Group]
	if there {
		err = g.Err
	}
	switch {
	case errors.Is(err, kerr.GroupIDNotFound), errors.Is(err, kerr.UnsupportedVersion): // where the feature is off
		return nil
	case errors.Is(err, kerr.TopicAuthorizationFailed): // told of members alone, in place of all else about the group
		t.Hidden = true
		return nil
	case err != nil:
		return kafka.Unsharded(err)
	}
	t.State = g.State
	for _, m := range g.Members {
		of := &t.Foreign
		switch m.MemberType { // by the numbers of KIP-1099
		case -1:
			of = &t.Untold
		case 0:
			of = &t.Classic
		}
		of.add(m.ClientID, m.ClientHost)
	}
	return nil
}

// describesConsumers says whether the brokers know of the groups of KIP-848.
func (c *Census) describesConsumers(ctx context.Context) (bool, error) {
	if c.modern != nil {
		return *c.modern, nil
	}
	req := kmsg.NewPtrApiVersionsRequest()
	req.ClientSoftwareName, req.ClientSoftwareVersion = "sluice", "1"
	resp, err := req.RequestWith(ctx, c.client)
	if err == nil {
		err = kerr.ErrorForCode(resp.ErrorCode)
	}
	if err != nil {
		return false, err
	}
	modern := slices.ContainsFunc(resp.ApiKeys, func(k kmsg.ApiVersionsResponseApiKey) bool {
		return k.ApiKey == kmsg.ConsumerGroupDescribe.Int16()
	})
	c.modern = &modern
	return modern, nil
}
