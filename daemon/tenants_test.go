package daemon

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/health"
)

// tenant joins a group as another application does, until the test ends.
func tenant(t *testing.T, k *fake.Kafka, group string, opts ...kgo.Opt) {
	t.Helper()
	movesIn(t, k, group, opts...)
	stable, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := k.Cluster.WaitGroupStable(stable, group, 1); err != nil {
		t.Fatal(err)
	}
}

// movesIn begins to join a group.
func movesIn(t *testing.T, k *fake.Kafka, group string, opts ...kgo.Opt) {
	t.Helper()
	c, err := kgo.NewClient(append(opts, kgo.SeedBrokers(k.Addresses()...), kgo.ConsumerGroup(group), kgo.ConsumeTopics("t"), kgo.ClientID("billing"))...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(c.Close)
	t.Cleanup(cancel)
	go func() {
		for ctx.Err() == nil { // who does not poll keeps the others from joining
			c.PollFetches(ctx)
		}
	}()
}

// A group of another application is not joined: it would lose records to the bridge.
func TestStartRefusesTheGroupOfAnotherApplication(t *testing.T) {
	for _, c := range []struct {
		group string
		opt   kgo.Opt
		want  string
	}{
		{"g", kgo.ServerSideBalancer(), `group g is in use by the protocol of KIP-848, which the bridge does not speak, with 1 member: "billing" at 127.0.0.1`},
		{"g.b", kgo.ServerSideBalancer(), "group g.b is in use by the protocol of KIP-848"},
		{"g", kgo.Balancers(kgo.RangeBalancer(), kgo.CooperativeStickyBalancer()), "group g is in use with the assignor range"},
	} {
		k, config, joins := unopened(t)
		tenant(t, k, c.group, c.opt)
		before := joins.Load()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		err := New(Options{Log: zap.NewNop()}).Run(ctx, ctx, loaded(t, config))
		cancel()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: it ends with %v", c.group, err)
		}
		if joins.Load() > before {
			t.Errorf("group %s was joined", c.group)
		}
	}
}

// An application that comes together while the bridge starts is waited for, and then judged.
func TestStartWaitsForAnApplicationThatIsJoining(t *testing.T) {
	k, config, joins := unopened(t)
	told, tell := context.WithCancel(t.Context())
	defer tell()
	movesIn(t, k, "g", kgo.Balancers(fake.Gathering(kgo.RangeBalancer(), told.Done()), fake.Gathering(kgo.CooperativeStickyBalancer(), told.Done())))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := k.Cluster.WaitGroupInfo(ctx, "g", func(g *kfake.GroupInfo) bool { return g != nil && g.State == "CompletingRebalance" }); err != nil {
		t.Fatal(err)
	}
	before := joins.Load()
	d := New(Options{Log: zap.NewNop()})
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx, ctx, loaded(t, config)) }()
	waited := func(p health.Problem) bool { return strings.Contains(p.Text, "starting: group g is coming together") }
	for !slices.ContainsFunc(d.Board().Problems(), waited) {
		if ctx.Err() != nil {
			t.Fatalf("told meanwhile: %v", d.Board().Problems())
		}
		time.Sleep(time.Millisecond)
	}
	tell()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "group g is in use with the assignor range") {
		t.Errorf("it ends with %v", err)
	}
	if joins.Load() > before {
		t.Error("the group was joined")
	}
}

// Other instances keep none from starting, whatever their client id, and nor does what may not be looked at.
func TestStartJoinsBesideOtherInstances(t *testing.T) {
	r := run(t, []string{"q"}, plain)
	r.until("it is a member", func() bool { return r.sources()[0].Joined() })
	for what, c := range map[string]struct {
		setup  func()
		id     string
		warned string
	}{
		"the same client id":   {id: "sluice"},
		"another client id":    {id: "sluice-2", warned: `in group g are members with another client id than sluice-2: "sluice" at 127.0.0.1`},
		"a refused look":       {id: "sluice", warned: "cannot be looked up", setup: func() { refuse(r.broker, kmsg.DescribeGroups, kerr.GroupAuthorizationFailed) }},
		"a passing fault":      {id: "sluice", setup: func() { refuse(r.broker, kmsg.DescribeGroups, kerr.UnknownServerError) }},
		"a coordinator's move": {id: "sluice", setup: func() { refuse(r.broker, kmsg.DescribeGroups, kerr.NotCoordinator) }},
	} {
		if c.setup != nil {
			c.setup()
		}
		core, logs := observer.New(zap.WarnLevel)
		d := New(Options{Log: zap.New(core)})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		text := strings.Replace(r.configured(plain), "group: g", "group: g, client_id: "+c.id, 1)
		go func() { ended <- d.Run(ctx, ctx, loaded(t, text)) }()
		r.until("a second instance with "+what+" has joined", func() bool { return len(d.sources()) > 0 && d.sources()[0].Joined() })
		stop()
		if err := <-ended; err != nil {
			t.Errorf("%s: it ends with %v", what, err)
		}
		told := ""
		for _, l := range logs.All() {
			if strings.Contains(l.Message, "consumer group") {
				told += l.Message + " " + l.ContextMap()["group"].(string)
				if problem, ok := l.ContextMap()["problem"].(string); ok {
					told += " " + problem
				}
			}
		}
		if told == "" != (c.warned == "") || !strings.Contains(told, c.warned) {
			t.Errorf("%s: it warns %q, want %q", what, told, c.warned)
		}
	}
}

func refuse(k *fake.Kafka, key kmsg.Key, err *kerr.Error) {
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{key}, Err: err, Count: 1})
}

// A reload to a group of another application is refused, and all goes on as it was.
func TestReloadRefusesTheGroupOfAnotherApplication(t *testing.T) {
	r := run(t, []string{"q", "p"}, plain)
	tenant(t, r.broker, "g.b", kgo.ServerSideBalancer())
	more := strings.Replace(plain, "{a: {sqs: q}}", "{a: {sqs: q}, b: {sqs: p, isolated: true}}", 1)
	err := r.Reload(r.ctx, loaded(t, r.configured(strings.Replace(more, "to: [a]", "to: [a, b]", 1))))
	if err == nil || !strings.Contains(err.Error(), "group g.b is in use by the protocol of KIP-848") {
		t.Errorf("the reload ends with %v", err)
	}
	r.produce(`{}`)
	r.until("it goes on", func() bool { return len(r.bodies("q")) == 1 })
}
