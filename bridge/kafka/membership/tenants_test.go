package membership

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/test/parts"
)

// movesIn joins a group until the test calls leave or ends.
func movesIn(t *testing.T, brokers []string, group, topic string, opts ...kgo.Opt) (leave func()) {
	t.Helper()
	c := kafkatest.Client(t, brokers, append(opts, kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.ClientID("billing"), kgo.HeartbeatInterval(100*time.Millisecond))...)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() {
		for ctx.Err() == nil {
			c.PollFetches(ctx)
		}
	}()
	return func() {
		cancel()
		c.Close() // leaves
	}
}

// awaitTenants waits until a group is as it is to be.
func awaitTenants(t *testing.T, brokers []string, group, what string, cond func(Tenants) bool) Tenants {
	t.Helper()
	census := NewCensus(kafkatest.Client(t, brokers))
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		in, err := census.Tenants(t.Context(), group)
		if err == nil && cond(in) {
			return in
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited too long until %s: %+v, %v", what, in, err)
		}
	}
}

func either(in Tenants) bool  { return len(in.Classic)+len(in.Foreign) > 0 }
func foreign(in Tenants) bool { return len(in.Foreign) > 0 }
func nobody(in Tenants) bool  { return !either(in) && in.Check("sluice") == nil }

// Who is in a group is told of either protocol, and neither a lock nor a bridge joins one of KIP-848.
func TestTenantsAreToldOfEitherProtocol(t *testing.T) {
	kafkatest.EachKafka(t, 3, func(t *testing.T, brokers []string, topic string) {
		group := topic + ".tenants"
		if in := awaitTenants(t, brokers, group, "it is new", nobody); in.State != "" {
			t.Errorf("a group that nobody knows is %s", in.State)
		}
		leave := movesIn(t, brokers, group, topic, kgo.ServerSideBalancer())
		in := awaitTenants(t, brokers, group, "a member of KIP-848 is told", foreign)
		var occupied *Occupied
		if err := in.Check("sluice"); !errors.As(err, &occupied) || !strings.Contains(err.Error(), `KIP-848, which the bridge does not speak, with 1 member: "billing" at `) {
			t.Errorf("beside one of KIP-848: %v", err)
		}
		if _, err := LockGroup(t.Context(), LockOptions{Connection: kafka.Connection{Brokers: brokers}, Group: group, Topic: topic, Timeout: 10 * time.Second}); !errors.As(err, &occupied) {
			t.Errorf("a lock: %v", err)
		}
		leave()
		awaitTenants(t, brokers, group, "it has left", nobody)
		leave = movesIn(t, brokers, group, topic, kgo.Balancers(kgo.CooperativeStickyBalancer()))
		in = awaitTenants(t, brokers, group, "one of the classic protocol is told", either)
		if err := in.Check("sluice"); err != nil || in.Doubt("billing") != "" || !strings.Contains(in.Doubt("sluice"), `"billing" at `) {
			t.Errorf("beside one as the bridge itself: %v; %q", err, in.Doubt("sluice"))
		}
		leave()
		awaitTenants(t, brokers, group, "that has left as well", nobody)
	})
}

// Members of both protocols may be in one group: it is as open as its members of KIP-848 are gone.
func TestGroupMayHaveMembersOfBothProtocols(t *testing.T) {
	brokers := []string{parts.Kafka(t)}
	topic := "tenants-of-both" + fmt.Sprint(time.Now().UnixNano())
	if _, err := kadm.NewClient(kafkatest.Client(t, brokers)).CreateTopic(t.Context(), 2, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	leave := movesIn(t, brokers, topic, topic, kgo.ServerSideBalancer())
	awaitTenants(t, brokers, topic, "a member of KIP-848 is told", foreign)
	movesIn(t, brokers, topic, topic, kgo.Balancers(kgo.CooperativeStickyBalancer()))
	both := awaitTenants(t, brokers, topic, "both are told", func(in Tenants) bool { return len(in.Foreign) == 1 && len(in.Classic) == 1 })
	if both.Check("sluice") == nil {
		t.Error("a group of both protocols may be joined")
	}
	leave()
	in := awaitTenants(t, brokers, topic, "one has left", func(in Tenants) bool { return !foreign(in) })
	if err := in.Check("sluice"); err != nil || len(in.Classic) != 1 {
		t.Errorf("beside one of the classic protocol alone: %v, %v", in.Classic, err)
	}
}
