package membership

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/fake"
)

// looks tries a vacancy once, and returns what it warns of.
func looks(t *testing.T, brokers []string, clientID string, timeout time.Duration, groups ...string) (warned string, err error) {
	t.Helper()
	core, logs := observer.New(zap.WarnLevel)
	v := NewVacancy(VacancyOptions{Connection: kafka.Connection{Brokers: brokers, ClientID: clientID}, Groups: groups, Timeout: timeout}, zap.New(core))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err = v.Try(ctx)
	for _, l := range logs.All() {
		problem, _ := l.ContextMap()["problem"].(string)
		warned += l.Message + " " + problem
	}
	return warned, err
}

func isOccupied(err error) bool {
	var occupied *Occupied
	return errors.As(err, &occupied)
}

// Members that come together are waited for, as long as the timeout lasts, for Kafka does not tell yet how they share
// partitions. Members under the bridge's client id are its own.
func TestGatheringGroupIsWaitedFor(t *testing.T) {
	t.Parallel()
	kafkatest.EachKafka(t, 1, func(t *testing.T, brokers []string, topic string) {
		group := topic + ".gathering"
		told, tell := context.WithCancel(t.Context())
		defer tell()
		movesIn(t, brokers, group, topic, kgo.Balancers(fake.Gathering(kgo.RangeBalancer(), told.Done()), fake.Gathering(kgo.CooperativeStickyBalancer(), told.Done())))
		awaitTenants(t, brokers, group, "a member is told", either)

		if _, err := looks(t, brokers, "sluice", time.Hour, group); err == nil || isOccupied(err) || !strings.Contains(err.Error(), "group "+group+` is coming together, with members of another client id than sluice: "billing" at `) {
			t.Errorf("while they come together: %v", err)
		}
		if warned, err := looks(t, brokers, "billing", time.Hour, group); err != nil || warned != "" {
			t.Errorf("under its own client id: %v, warned %q", err, warned)
		}
		if warned, err := looks(t, brokers, "sluice", 0, group); err != nil || !strings.Contains(warned, "members with another client id") {
			t.Errorf("after the wait: %v, warned %q", err, warned)
		}
		tell()
		awaitTenants(t, brokers, group, "the assignor is told", func(in Tenants) bool { return in.Assignor != "" })
		if _, err := looks(t, brokers, "sluice", time.Hour, group); !isOccupied(err) {
			t.Errorf("once they have come together: %v", err)
		}
	})
}

// ofBridge matches what the bridge asks itself, and not what its client does to connect.
func ofBridge(req kmsg.Request) bool {
	versions, ok := req.(*kmsg.ApiVersionsRequest)
	return !ok || versions.ClientSoftwareName == "sluice"
}

// Only where it will never be known who is in a group is it joined without that: whatever may pass is asked again.
func TestGroupThatIsNeverSeenIsJoined(t *testing.T) {
	t.Parallel()
	asked := []kmsg.Key{kmsg.ApiVersions, kmsg.FindCoordinator, kmsg.DescribeGroups, kmsg.ConsumerGroupDescribe}
	for _, c := range []struct {
		keys []kmsg.Key
		err  *kerr.Error
		want string // "again", "warned", "occupied" or "free"
	}{
		{asked, kerr.UnknownServerError, "again"},
		{asked[1:], kerr.GroupAuthorizationFailed, "warned"},
		{asked[2:3], kerr.UnsupportedVersion, "warned"},
		{asked[3:], kerr.UnsupportedVersion, "free"}, // the brokers have the feature off
		{asked[2:], kerr.InvalidRequest, "warned"},
		{asked[3:], kerr.TopicAuthorizationFailed, "occupied"},
	} {
		for _, key := range c.keys {
			k := kafkatest.Cluster(t, 1)
			fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{key}, Err: c.err, Count: -1, When: ofBridge, TopLevel: key == kmsg.ApiVersions})
			warned, err := looks(t, k.Addresses(), "sluice", 0, "g")
			got := "free"
			switch {
			case isOccupied(err):
				got = "occupied"
			case err != nil:
				got = "again"
			case strings.Contains(warned, "cannot be looked up"):
				got = "warned"
			}
			if got != c.want || fault.Hits() == 0 {
				t.Errorf("%s with %s: %s, want %s (%v)", key.Name(), c.err.Message, got, c.want, err)
			}
			if err != nil && strings.Contains(err.Error(), "shard") {
				t.Errorf("%s with %s: in the words of a library: %v", key.Name(), c.err.Message, err)
			}
		}
	}
}

// Brokers before 4.0 do not tell which protocol the members of a group of KIP-848 speak: those under the bridge's client
// id may be other instances, and are no reason not to start.
func TestMembersOfUnknownProtocolAreNoReasonNotToStart(t *testing.T) {
	t.Parallel()
	versions := kversion.Stable()
	versions.SetMaxKeyVersion(kmsg.ConsumerGroupDescribe.Int16(), 0)
	k := kafkatest.Cluster(t, 1, kfake.MaxVersions(versions))
	movesIn(t, k.Addresses(), "g", "t", kgo.ServerSideBalancer())
	in := awaitTenants(t, k.Addresses(), "g", "a member is told", func(in Tenants) bool { return len(in.Untold) > 0 })
	if foreign(in) {
		t.Errorf("told as speaking KIP-848: %v", in.Foreign)
	}
	if _, err := looks(t, k.Addresses(), "sluice", 0, "g"); !isOccupied(err) || !strings.Contains(err.Error(), `do not say whether its members do`) {
		t.Errorf("beside another client id: %v", err)
	}
	if warned, err := looks(t, k.Addresses(), "billing", 0, "g"); err != nil || !strings.Contains(warned, "do not say whether its members do") {
		t.Errorf("beside its own client id: %v, warned %q", err, warned)
	}
	if _, err := LockGroup(t.Context(), LockOptions{Connection: kafka.Connection{Brokers: k.Addresses(), ClientID: "billing"}, Group: "g", Topic: "t", Timeout: time.Second}); !errors.Is(err, ErrLocked) {
		t.Errorf("a lock: %v", err)
	}
}

// Many groups cost one client, and one question for what the brokers know.
func TestManyGroupsCostOneClient(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	versions := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ApiVersions}, Observe: true, TopLevel: true, Count: -1, When: ofBridge})
	connections := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ApiVersions}, Observe: true, TopLevel: true, Count: -1, When: func(req kmsg.Request) bool { return !ofBridge(req) }})
	if _, err := looks(t, k.Addresses(), "sluice", 0, "g"); err != nil {
		t.Fatal(err)
	}
	one := connections.Hits()
	if _, err := looks(t, k.Addresses(), "sluice", 0, "g", "g.a", "g.b"); err != nil {
		t.Fatal(err)
	}
	if versions.Hits() != 2 || one == 0 || connections.Hits() > 2*one {
		t.Errorf("asked %d times for 2 starts; %d connections for one group, %d more for three", versions.Hits(), one, connections.Hits()-one)
	}
}
