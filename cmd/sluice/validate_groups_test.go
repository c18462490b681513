package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/fake"
)

// stranger joins a group as another application would, until the test calls stop or ends.
func (w world) stranger(t *testing.T, group string, opts ...kgo.Opt) (stop func()) {
	t.Helper()
	c, err := kgo.NewClient(append(opts, kgo.SeedBrokers(w.kafka.Addresses()...), kgo.ConsumerGroup(group), kgo.ConsumeTopics("orders"), kgo.ClientID("billing"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	go func() { c.PollFetches(ctx) }() // a group is joined by who polls
	if _, err := w.kafka.Cluster.WaitGroupStable(ctx, group, 1); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = c.LeaveGroupContext(ctx)
		c.Close()
		if _, err := w.kafka.Cluster.WaitGroupInfo(ctx, group, func(g *kfake.GroupInfo) bool { return g == nil || len(g.Members) == 0 }); err != nil {
			t.Error(err)
		}
	}
}

func TestConnectTellsOfOthersInTheGroup(t *testing.T) {
	for _, c := range []struct {
		name string
		opts []kgo.Opt
		want string
	}{
		{"KIP-848", []kgo.Opt{kgo.ServerSideBalancer()},
			`FAIL  kafka.group: group orders-bridge is in use by the protocol of KIP-848, which the bridge does not speak, with 1 member: "billing" at 127.0.0.1`},
		{"another assignor", []kgo.Opt{kgo.Balancers(kgo.RangeBalancer())},
			`FAIL  kafka.group: group orders-bridge is in use with the assignor range, which the bridge does not speak: Kafka refuses the bridge (INCONSISTENT_GROUP_PROTOCOL), or shares the records among it and "billing" at 127.0.0.1`},
		{"the same assignor", []kgo.Opt{kgo.Balancers(kgo.CooperativeStickyBalancer())},
			`note  kafka.group: in group orders-bridge are members with another client id than sluice: "billing" at 127.0.0.1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := usual(t)
			stop := w.stranger(t, "orders-bridge", c.opts...)
			if got := sluice("", "validate", "-c", w.file(t), "--connect"); !strings.Contains(got.stdout, c.want) || got.code == 0 && strings.HasPrefix(c.want, "FAIL") {
				t.Errorf("exit %d, no %q in\n%s", got.code, c.want, got.stdout)
			}
			stop()
			const free = "ok    kafka.group: group orders-bridge is new, and begins at earliest"
			if got := sluice("", "validate", "-c", w.file(t), "--connect"); got.code != 0 || !strings.Contains(got.stdout, free) {
				t.Errorf("stopped without offsets: exit %d\n%s", got.code, got.stdout)
			}
		})
	}
}

// A group that is stopped goes on where it has committed, whatever protocol it spoke.
func TestConnectTellsWhereStoppedGroupsGoOn(t *testing.T) {
	for name, opts := range map[string][]kgo.Opt{"classic": nil, "KIP-848": {kgo.ServerSideBalancer()}} {
		w := usual(t)
		w.stranger(t, "orders-bridge", opts...)()
		w.commit(t, map[string]kadm.Offset{"orders-bridge": {At: 100}})
		const want = "ok    kafka.group: group orders-bridge has no members, and goes on at its committed offsets: 1 partition of orders"
		if got := sluice("", "validate", "-c", w.file(t), "--connect"); got.code != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: exit %d\n%s", name, got.code, got.stdout)
		}
	}
}

// What is not known of a group is told as that: how members share partitions that come together, and who they are where
// the principal may not see it.
func TestConnectTellsWhatIsNotKnownOfGroups(t *testing.T) {
	w := usual(t)
	c, err := kgo.NewClient(kgo.SeedBrokers(w.kafka.Addresses()...), kgo.ConsumerGroup("orders-bridge"), kgo.ConsumeTopics("orders"), kgo.ClientID("billing"),
		kgo.Balancers(fake.Gathering(kgo.RangeBalancer(), t.Context().Done())))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := w.kafka.Cluster.WaitGroupInfo(ctx, "orders-bridge", func(g *kfake.GroupInfo) bool { return g != nil && g.State == "CompletingRebalance" }); err != nil {
		t.Fatal(err)
	}
	const gathering = `note  kafka.group: group orders-bridge is coming together, with members of another client id than sluice: "billing" at 127.0.0.1`
	if got := sluice("", "validate", "-c", w.file(t), "--connect"); !strings.Contains(got.stdout, gathering) {
		t.Errorf("no %q in\n%s", gathering, got.stdout)
	}

	w = usual(t)
	w.kafka.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ConsumerGroupDescribe}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	const hidden = `FAIL  kafka.group: group orders-bridge is in use by the protocol of KIP-848, which the bridge does not speak, with members that read topics which the principal may not describe`
	if got := sluice("", "validate", "-c", w.file(t), "--connect"); got.code != 1 || !strings.Contains(got.stdout, hidden) {
		t.Errorf("exit %d, no %q in\n%s", got.code, hidden, got.stdout)
	}
}
