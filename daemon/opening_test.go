package daemon

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/fake"
)

// unopened is a Kafka with a topic, the configuration of a group that begins at the latest record, and how
// often somebody has asked to join a group.
func unopened(t *testing.T) (k *fake.Kafka, config string, joins *atomic.Int32) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	k, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	joins = &atomic.Int32{}
	k.Cluster.ControlKey(int16(kmsg.JoinGroup), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		joins.Add(1)
		return nil, nil, false
	})
	return k, fmt.Sprintf(`
kafka: {brokers: [%s], group: g, start: latest}
aws: {region: eu-west-1, endpoint: "http://localhost:1"}
destinations: {a: {sqs: q}, b: {sqs: p, isolated: true}}
rules: [{topics: [t], to: [a, b]}]
dead_letter: {destination: a}
admin: {listen: ""}
`, k.Addresses()[0]), joins
}

// A note of a newer version ends the start with a sentence, before a group is joined.
func TestStartEndsAtANoteOfANewerVersion(t *testing.T) {
	for _, group := range []string{"g", "g.b"} {
		k, config, joins := unopened(t)
		client, err := kgo.NewClient(kgo.SeedBrokers(k.Addresses()...))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		offsets := kadm.Offsets{}
		offsets.Add(kadm.Offset{Topic: "t", LeaderEpoch: -1, Metadata: `sluice - {"v":3}`})
		if err := kadm.NewClient(client).CommitAllOffsets(t.Context(), group, offsets); err != nil {
			t.Fatal(err)
		}
		err = New(Options{Log: zap.NewNop()}).Run(t.Context(), t.Context(), loaded(t, config))
		if err == nil || !strings.Contains(err.Error(), "group "+group+":") || !strings.Contains(err.Error(), "run the newer version") {
			t.Errorf("it ends with %v", err)
		}
		if joins.Load() > 0 {
			t.Errorf("a group was joined beside the newer note of %s", group)
		}
	}
}

// A start that is told to end while it is not known where the group begins reads nothing: it would commit
// the beginning of the log, and the next start would send all of it.
func TestStartThatIsStoppedReadsNothing(t *testing.T) {
	k, config, joins := unopened(t)
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.UnknownServerError, Count: -1})
	d := New(Options{Log: zap.NewNop()})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx, ctx, loaded(t, config)) }()
	for len(d.Board().Problems()) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if joins.Load() > 0 {
		t.Error("a group was joined")
	}
	if g := k.Cluster.GroupInfo("g"); g != nil && len(g.Commits) > 0 {
		t.Errorf("committed: %v", g.Commits)
	}
}

// While it is looked up where a new topic begins, what was read is read on: nothing has left its group before that
// is known. Where it does not become known, nothing has changed.
func TestReadingGoesOnUntilANewTopicIsKnown(t *testing.T) {
	const destinations = "commit_interval: 100ms\ndestinations: {a: {sqs: a, QUICK}}\n"
	r := run(t, []string{"a"}, destinations+"rules: [{topics: [t], to: [a]}]\n")
	if err := r.broker.Cluster.CreateTopic("u", 1, nil); err != nil {
		t.Fatal(err)
	}
	r.produce("1")
	arrived := func(n int) func() bool { return func() bool { return len(r.bodies("a")) == n } }
	r.until("it is read", arrived(1))
	before := r.sources()[0]
	more := loaded(t, r.configured(destinations+"topics: {u: {start: latest}}\nrules: [{topics: [t, u], to: [a]}]\n"))
	refused := r.broker.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Metadata}, Topic: "u", Err: kerr.TopicAuthorizationFailed, Count: -1})
	reload := func(ctx context.Context) chan error {
		hits := refused.Hits()
		done := make(chan error, 1)
		go func() { done <- r.Reload(ctx, more) }()
		r.until("the topic is asked for", func() bool { return refused.Hits() > hits })
		return done
	}

	ctx, cancel := context.WithCancel(t.Context())
	done := reload(ctx)
	r.produce("2")
	r.until("reading goes on", arrived(2))
	if s := r.sources(); len(s) != 1 || s[0] != before {
		t.Error("the group has left meanwhile")
	}
	cancel()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "u begins") {
		t.Errorf("the reload ends with: %v", err)
	}
	r.produce("3")
	r.until("reading goes on after it", arrived(3))
	if s := r.sources(); len(s) != 1 || s[0] != before {
		t.Error("the group has left")
	}

	done = reload(t.Context())
	refused.Remove()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	r.produce("4")
	r.until("it is read by the new configuration", arrived(4))
}
