package membership

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// assignor is how members of this bridge share partitions.
const assignor = "cooperative-sticky"

// comingTogether are the states of a group of the classic protocol in which Kafka does not tell its assignor.
var comingTogether = []string{"PreparingRebalance", "CompletingRebalance"}

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
	// Untold are members of a group of KIP-848 by either protocol: brokers before 4.0 do not tell which (KIP-1099).
	Untold Members
	// Hidden says that there are members of KIP-848 that may not be seen: they read topics which the principal may not
	// describe.
	Hidden bool
	// Operations are those that the application has a right to; empty where the broker does not tell.
	Operations []kadm.ACLOperation
}

// Occupied says that a group is in use by something that is no bridge.
type Occupied struct{ text string }

func (o *Occupied) Error() string { return o.text }

// Check returns an *Occupied where a bridge of that client id must not join: it would share the records with another
// application, or be refused.
func (t *Tenants) Check(clientID string) error {
	var text string
	switch {
	case t.Kind != "":
		text = fmt.Sprintf("group %s belongs to something else (%s); choose another name", t.Group, t.Kind)
	case t.Hidden:
		text = fmt.Sprintf("group %s is in use by the protocol of KIP-848, which the bridge does not speak, with members that read topics which the principal may not describe; each would get a part of the records; choose another group, or stop them first", t.Group)
	case len(t.Foreign) > 0:
		text = fmt.Sprintf("group %s is in use by the protocol of KIP-848, which the bridge does not speak, with %s; each would get a part of the records; choose another group, or stop them first", t.Group, t.Foreign.Count())
	case len(t.Untold.except(clientID)) > 0:
		text = fmt.Sprintf("group %s is one of the protocol of KIP-848, which the bridge does not speak, and brokers before Kafka 4.0 do not say whether its members do: among them are, with another client id than %s, %s; each would get a part of the records; choose another group, or stop them first", t.Group, clientID, t.Untold.except(clientID))
	case t.Assignor != "" && t.Assignor != assignor:
		text = fmt.Sprintf("group %s is in use with the assignor %s, which the bridge does not speak: Kafka refuses the bridge (INCONSISTENT_GROUP_PROTOCOL), or shares the records among it and %s; choose another group, or stop them first", t.Group, t.Assignor, t.Classic)
	default:
		return nil
	}
	return &Occupied{text}
}

// Gathering tells of members that may be another application and come together: how they share partitions is not known
// before that is over. It is empty where there are none.
func (t *Tenants) Gathering(clientID string) string {
	others := t.Classic.except(clientID)
	if len(others) == 0 || !slices.Contains(comingTogether, t.State) {
		return ""
	}
	return fmt.Sprintf("group %s is coming together, with members of another client id than %s: %s; until that is over it is unknown how they share partitions, and whether the bridge may join", t.Group, clientID, others)
}

// Doubt tells of members that may be another application, or a bridge: those under another client id, and those of which
// the protocol is not told. It is empty where there are none.
func (t *Tenants) Doubt(clientID string) string {
	if len(t.Untold) > 0 {
		return fmt.Sprintf("group %s is one of the protocol of KIP-848, which the bridge does not speak, and brokers before Kafka 4.0 do not say whether its members do: %s; if they are another application, each gets a part of the records; choose another group", t.Group, t.Untold)
	}
	others := t.Classic.except(clientID)
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf("in group %s are members with another client id than %s: %s; if they are another application, each gets a part of the records; choose another group", t.Group, clientID, others)
}

// Members are those of a group, by client id and host.
type Members []tenant

type tenant struct{ client, host string }

func (m *Members) add(client, host string) {
	*m = append(*m, tenant{client, strings.TrimPrefix(host, "/")})
}

// except returns those with another client id.
func (m Members) except(clientID string) Members {
	return slices.DeleteFunc(slices.Clone(m), func(one tenant) bool { return one.client == clientID })
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
