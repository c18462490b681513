package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

const placeGroup = "kafka.group"

// groups looks at the shared group and those of isolated destinations. A broker tells of the groups of the two
// protocols each in its own way, and of a group that is none of the one kind nothing: not that it is free.
func (k *cluster) groups(ctx context.Context) {
	names := slices.Sorted(maps.Keys(groupNames(k.config)))
	found, err := k.admin.DescribeGroups(kadm.WithAuthorizedOps(ctx), names...)
	for _, name := range names {
		g, there := found[name]
		if !there {
			g.Err = err
		}
		switch {
		case errors.Is(g.Err, kerr.GroupAuthorizationFailed):
			k.fail(placeGroup, fmt.Sprintf("group %s is not open to the bridge; give the principal the rights READ and DESCRIBE on it", name))
		case errors.Is(g.Err, kerr.GroupIDNotFound):
			k.notClassic(ctx, name)
		case g.Err != nil:
			k.fail(placeGroup, fmt.Sprintf("group %s cannot be described (%s); see to its coordinator, and check again", name, plainly(ctx, g.Err)))
		case g.ProtocolType != "" && g.ProtocolType != "consumer":
			k.fail(placeGroup, fmt.Sprintf("group %s belongs to something else (%s); choose another name", name, g.ProtocolType))
		case !allowed(g.AuthorizedOperations, kadm.OpRead):
			k.fail(placeGroup, fmt.Sprintf("group %s may not be joined; give the principal the right READ on it", name))
		case len(g.Members) == 0:
			k.notClassic(ctx, name)
		default:
			k.classic(name, g)
		}
	}
}

// assignor is how members of this bridge share partitions.
const assignor = "cooperative-sticky"

// classic tells of a group with members of the protocol that the bridge speaks.
func (k *cluster) classic(name string, g kadm.DescribedGroup) {
	var in members
	for _, m := range g.Members {
		in.add(m.ClientID, m.ClientHost)
	}
	switch who := in.String(); {
	case g.Protocol != "" && g.Protocol != assignor:
		k.fail(placeGroup, fmt.Sprintf("group %s is in use with the assignor %s, which the bridge does not speak: Kafka refuses the bridge (INCONSISTENT_GROUP_PROTOCOL), or shares the records among it and %s; choose another group, or stop them first", name, g.Protocol, who))
	default:
		k.ok(placeGroup, fmt.Sprintf("group %s is %s, with %s: %s", name, strings.ToLower(g.State), count(len(g.Members), "member"), who))
		if others := in.but(k.config.Kafka.ClientID); len(others) > 0 {
			k.note(placeGroup, fmt.Sprintf("in group %s are members with another client id than %s: %s; where they are another application, each gets a part of the records; choose another group", name, k.config.Kafka.ClientID, others))
		}
	}
}

// notClassic tells of a group that has no members of the classic protocol.
func (k *cluster) notClassic(ctx context.Context, name string) {
	if !k.consumerGroups {
		k.idle(ctx, name)
		return
	}
	found, err := k.admin.DescribeConsumerGroups(ctx, name)
	g, there := found[name]
	if !there {
		g.Err = err
	}
	switch {
	case errors.Is(g.Err, kerr.GroupIDNotFound):
		k.neither(ctx, name)
	case g.Err == nil && len(g.Members) == 0:
		k.idle(ctx, name)
	case errors.Is(g.Err, kerr.GroupAuthorizationFailed), errors.Is(g.Err, kerr.TopicAuthorizationFailed):
		k.fail(placeGroup, fmt.Sprintf("group %s is of the protocol of KIP-848, or new, and who is in it may not be seen (%s); give the principal the right DESCRIBE on it and on its topics, or choose another group", name, plainly(ctx, g.Err)))
	case g.Err != nil:
		k.fail(placeGroup, fmt.Sprintf("group %s cannot be described (%s); see to its coordinator, and check again", name, plainly(ctx, g.Err)))
	default:
		var in members
		for _, m := range g.Members {
			in.add(m.ClientID, m.ClientHost)
		}
		k.fail(placeGroup, fmt.Sprintf("group %s is in use by the protocol of KIP-848, which the bridge does not speak, with %s: %s; each would get a part of the records; choose another group, or stop them first", name, count(len(g.Members), "member"), in))
	}
}

// neither tells of a group of neither protocol: it is new, or of another kind.
func (k *cluster) neither(ctx context.Context, name string) {
	all, err := k.admin.ListGroups(ctx)
	if g, ok := all[name]; ok && g.ProtocolType != "" && g.ProtocolType != "consumer" {
		k.fail(placeGroup, fmt.Sprintf("group %s belongs to something else (%s); choose another name", name, g.ProtocolType))
		return
	}
	if err != nil {
		k.note(placeGroup, fmt.Sprintf("the groups of the cluster cannot be listed (%s): whether %s is a share group was not looked at", plainly(ctx, err), name))
	}
	k.idle(ctx, name)
}

// idle tells of a group without members: it is new only where it has no offsets, whoever committed them.
func (k *cluster) idle(ctx context.Context, name string) {
	committed, err := k.admin.FetchOffsets(ctx, name)
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		k.fail(placeGroup, fmt.Sprintf("the offsets of group %s cannot be read (%s), so that nobody can say where it begins; give the principal the right DESCRIBE on it, and check again", name, plainly(ctx, err)))
		return
	}
	partitions := map[string]int{}
	committed.Each(func(o kadm.OffsetResponse) {
		if o.At >= 0 {
			partitions[o.Topic]++
		}
	})
	if len(partitions) == 0 {
		k.ok(placeGroup, fmt.Sprintf("group %s is new, and begins at %s", name, k.begins(name)))
		return
	}
	var texts []string
	for _, topic := range slices.Sorted(maps.Keys(partitions)) {
		texts = append(texts, fmt.Sprintf("%s of %s", count(partitions[topic], "partition"), topic))
	}
	k.ok(placeGroup, fmt.Sprintf("group %s has no members, and goes on at its committed offsets: %s", name, listed(texts)))
}

// begins says where a group without offsets begins.
func (k *cluster) begins(group string) string {
	if group != k.config.Kafka.Group {
		return "the offsets of group " + k.config.Kafka.Group
	}
	return k.config.Kafka.Start.String()
}

// members are those of a group, by client id and host.
type members []member

type member struct{ client, host string }

func (m *members) add(client, host string) {
	*m = append(*m, member{client, strings.TrimPrefix(host, "/")})
}

// but returns the members that have another client id.
func (m members) but(client string) members {
	return slices.DeleteFunc(slices.Clone(m), func(one member) bool { return one.client == client })
}

func (m members) String() string {
	var texts []string
	for _, one := range m {
		texts = append(texts, fmt.Sprintf("%q at %s", one.client, one.host))
	}
	slices.Sort(texts)
	return listed(slices.Compact(texts))
}

// mostListed is how many of something one line names.
const mostListed = 5

func listed(texts []string) string {
	if more := len(texts) - mostListed; more > 0 {
		texts = append(texts[:mostListed:mostListed], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, ", ")
}
