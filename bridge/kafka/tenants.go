package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// assignor is how members of this bridge share partitions.
const assignor = "cooperative-sticky"

// ofClassic is the type of a member that joined by the classic protocol a group of KIP-848's (KIP-1099).
const ofClassic = 0

// Tenants are who is in a consumer group. Members of the classic protocol, which the bridge speaks, and of that of
// KIP-848 may be in one group: Kafka has it change its kind as they come and go, and shares the partitions among all.
type Tenants struct {
	Group string
	// Kind is the kind of a group that is not one of consumers, as "connect"; else empty.
	Kind string
	// State is as Kafka names it; empty where no broker knows a group of either protocol.
	State string
	// Assignor is how members of the classic protocol share partitions; empty where there are none, or while they
	// come together.
	Assignor string
	Classic  Members
	// Foreign are members of the protocol of KIP-848, which no bridge speaks.
	Foreign Members
	// Operations are those that the application has a right to; empty where the broker does not tell.
	Operations []kadm.ACLOperation
}

// TenantsOf asks who is in a group, by both protocols: of a group that is none of the one kind a broker tells
// nothing, and not that it is free. The error wraps kerr.GroupAuthorizationFailed where the group may not be
// described, and kerr.TopicAuthorizationFailed where it is one of KIP-848 with a topic that may not.
func TenantsOf(ctx context.Context, client *kgo.Client, group string) (Tenants, error) {
	t := Tenants{Group: group}
	admin := kadm.NewClient(client)
	found, err := admin.DescribeGroups(kadm.WithAuthorizedOps(ctx), group)
	g, there := found[group]
	if there {
		err = g.Err
	}
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		return t, err
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
	return t, t.addConsumers(ctx, client)
}

// addConsumers asks about a group of KIP-848.
func (t *Tenants) addConsumers(ctx context.Context, client *kgo.Client) error {
	known, err := describesConsumerGroups(ctx, client)
	if err != nil || !known {
		return err
	}
	found, err := kadm.NewClient(client).DescribeConsumerGroups(ctx, t.Group)
	g, there := found[t.Group]
	if there {
		err = g.Err
	}
	switch {
	case errors.Is(err, kerr.GroupIDNotFound), errors.Is(err, kerr.UnsupportedVersion): // where the feature is off
		return nil
	case err != nil:
		return err
	}
	t.State = g.State
	for _, m := range g.Members {
		if m.MemberType == ofClassic {
			t.Classic.add(m.ClientID, m.ClientHost)
		} else {
			t.Foreign.add(m.ClientID, m.ClientHost)
		}
	}
	return nil
}

// describesConsumerGroups says whether the brokers know of the groups of KIP-848.
func describesConsumerGroups(ctx context.Context, client *kgo.Client) (bool, error) {
	req := kmsg.NewPtrApiVersionsRequest()
	req.ClientSoftwareName, req.ClientSoftwareVersion = "sluice", "1"
	resp, err := req.RequestWith(ctx, client)
	if err == nil {
		err = kerr.ErrorForCode(resp.ErrorCode)
	}
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(resp.ApiKeys, func(k kmsg.ApiVersionsResponseApiKey) bool {
		return k.ApiKey == kmsg.ConsumerGroupDescribe.Int16()
	}), nil
}

// Occupied says that a group is in use by something that is no bridge.
type Occupied struct{ text string }

func (o *Occupied) Error() string { return o.text }

// Check returns an *Occupied where the bridge must not join: it would share the records with another application, or
// be refused.
func (t *Tenants) Check() error {
	var text string
	switch {
	case t.Kind != "":
		text = fmt.Sprintf("group %s belongs to something else (%s); choose another name", t.Group, t.Kind)
	case len(t.Foreign) > 0:
		text = fmt.Sprintf("group %s is in use by the protocol of KIP-848, which the bridge does not speak, with %s; each would get a part of the records; choose another group, or stop them first", t.Group, t.Foreign.Count())
	case t.Assignor != "" && t.Assignor != assignor:
		text = fmt.Sprintf("group %s is in use with the assignor %s, which the bridge does not speak: Kafka refuses the bridge (INCONSISTENT_GROUP_PROTOCOL), or shares the records among it and %s; choose another group, or stop them first", t.Group, t.Assignor, t.Classic)
	default:
		return nil
	}
	return &Occupied{text}
}

// Strangers tells of members that may be another application, or a bridge under another client id; empty where there
// are none.
func (t *Tenants) Strangers(clientID string) string {
	others := slices.DeleteFunc(slices.Clone(t.Classic), func(m tenant) bool { return m.client == clientID })
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf("in group %s are members with another client id than %s: %s; where they are another application, each gets a part of the records; choose another group", t.Group, clientID, others)
}

// Vacant returns an *Occupied where a group must not be joined, by what TenantsOf tells. That is to be repeated after
// another error. Where the group may not be looked at, nobody is kept from joining it: that is logged, as members are
// that may be another application.
func Vacant(ctx context.Context, c Connection, group string, log *zap.Logger) error {
	return withClient(c, func(client *kgo.Client) error {
		in, err := TenantsOf(ctx, client, group)
		var refused *kerr.Error
		if errors.As(err, &refused) && !refused.Retriable {
			log.Warn("it may not be looked up whether another application is in the consumer group, which would get a part of the records",
				zap.String("group", group), zap.Error(err))
			return nil
		}
		if err != nil {
			return fmt.Errorf("looking up who is in group %s: %w", group, err)
		}
		if strangers := in.Strangers(c.ClientID); strangers != "" {
			log.Warn("who is in the consumer group", zap.String("group", group), zap.String("problem", strangers))
		}
		return in.Check()
	})
}

// Members are those of a group, by client id and host.
type Members []tenant

type tenant struct{ client, host string }

func (m *Members) add(client, host string) {
	*m = append(*m, tenant{client, strings.TrimPrefix(host, "/")})
}

// Count says how many they are, and names them.
func (m Members) Count() string {
	if len(m) == 1 {
		return "1 member: " + m.String()
	}
	return fmt.Sprintf("%d members: %s", len(m), m)
}

func (m Members) String() string {
	var texts []string
	for _, one := range m {
		texts = append(texts, fmt.Sprintf("%q at %s", one.client, one.host))
	}
	slices.Sort(texts)
	return excerpt.List(slices.Compact(texts))
}
