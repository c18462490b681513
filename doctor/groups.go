package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka/membership"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/wiring"
)

const placeGroup = "kafka.group"

// groups looks at the shared group and those of isolated destinations.
func (k *cluster) groups(ctx context.Context) {
	census, id := membership.NewCensus(k.client), k.config.Kafka.ClientID
	for _, name := range slices.Sorted(maps.Keys(wiring.GroupNames(k.config))) {
		in, err := census.Tenants(ctx, name)
		occupied := in.Check(id)
		present := slices.Concat(in.Classic, in.Untold)
		switch {
		case errors.Is(err, kerr.GroupAuthorizationFailed):
			k.fail(placeGroup, fmt.Sprintf("group %s is not open to the bridge; give the principal the rights READ and DESCRIBE on it", name))
		case err != nil:
			k.fail(placeGroup, fmt.Sprintf("group %s cannot be described (%s); see to its coordinator, and check again", name, plainly(ctx, err)))
		case occupied != nil:
			k.fail(placeGroup, occupied.Error())
		case !allowed(in.Operations, kadm.OpRead):
			k.fail(placeGroup, fmt.Sprintf("group %s may not be joined; give the principal the right READ on it", name))
		case len(present) > 0:
			k.ok(placeGroup, fmt.Sprintf("group %s is %s, with %s", name, strings.ToLower(in.State), present.Count()))
			if doubt := cmp.Or(in.Gathering(id), in.Doubt(id)); doubt != "" {
				k.note(placeGroup, doubt)
			}
		case in.State == "":
			k.neither(ctx, name)
		default:
			k.idle(ctx, name)
		}
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
		texts = append(texts, fmt.Sprintf("%s of %s", excerpt.Plural(partitions[topic], "partition"), topic))
	}
	k.ok(placeGroup, fmt.Sprintf("group %s has no members, and goes on at its committed offsets: %s", name, excerpt.List(texts)))
}

// begins says where a group without offsets begins.
func (k *cluster) begins(group string) string {
	if group != k.config.Kafka.Group {
		return "the offsets of group " + k.config.Kafka.Group
	}
	return k.config.Kafka.Start.String()
}
