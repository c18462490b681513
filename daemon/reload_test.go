package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/health"
)

// What comes to a FIFO queue after a reload does not overtake what came before and is still tried,
// whatever the destinations are called.
func TestReloadKeepsTheOrderOfAFIFOQueue(t *testing.T) {
	const (
		only = "destinations: {a: {sqs: q.fifo, QUICK}}\nrules: [{topics: [t], to: [a]}]\n"
		both = "destinations: {a: {sqs: q.fifo, QUICK}, b: {sqs: q.fifo, QUICK}}\n"
		toA  = "rules: [{topics: [t], to: [a]}]\n"
		toB  = "rules: [{topics: [t], to: [b]}]\n"
	)
	for _, c := range []struct {
		name    string
		before  string
		reloads []string // a record is produced after each
	}{
		{"changed", only, []string{"destinations: {a: {sqs: q.fifo, concurrency: 2, QUICK}}\n" + toA}},
		{"renamed", only, []string{"destinations: {b: {sqs: q.fifo, QUICK}}\n" + toB}},
		{"moved between two that stay", both + toA, []string{both + toB}},
		{"moved there and back", both + toA, []string{both + toB, both + toA}},
		{"moved to a new one beside one that stays", only, []string{both + toB}},
		{"moved to one that stays", both + toA, []string{"destinations: {b: {sqs: q.fifo, QUICK}}\n" + toB}},
		{"names swapped", "destinations: {a: {sqs: q.fifo, QUICK}, b: {sqs: other.fifo, QUICK}}\n" + toA,
			[]string{"destinations: {b: {sqs: q.fifo, QUICK}, a: {sqs: other.fifo, QUICK}}\n" + toB}},
		{"one name after another", only, []string{
			"destinations: {b: {sqs: q.fifo, QUICK}}\n" + toB,
			"destinations: {c: {sqs: q.fifo, QUICK}}\nrules: [{topics: [t], to: [c]}]\n",
			only,
		}},
		{"by two endpoints", only, []string{"destinations: {b: {sqs: q.fifo, endpoint: \"http://127.0.0.1:1\", QUICK}}\n" + toB, only}},
		{"of dead letters", "destinations: {a: {sqs: q.fifo, QUICK}}\ndead_letter: {destination: a}\n" + toA,
			[]string{"destinations: {b: {sqs: q.fifo, QUICK}}\ndead_letter: {destination: b}\n" + toB}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, []string{"q.fifo", "other.fifo"}, c.before)
			first := func(e fake.Entry) bool { return e.Body == "1" }
			failing := r.aws.Inject(fake.Fault{Target: "q.fifo", Action: "SendMessageBatch", When: first, Effect: fake.FailEntry("InternalError", false)})
			r.produce("1")
			r.until("the first was tried", func() bool { return failing.Hits() > 0 })
			want := []string{"1"}
			for i, text := range c.reloads {
				r.reload(text)
				want = append(want, fmt.Sprint(i+2))
				r.produce(want[i+1])
				r.until("it was read", func() bool { return r.Lag() == int64(len(want)) })
			}
			// By then a lane that waits for nobody would have sent what it has.
			from := failing.Hits()
			r.until("the first was tried again", func() bool { return failing.Hits() >= from+10 })
			if n := r.aws.Queue("q.fifo").Count(); n > 0 {
				t.Errorf("overtaken: %q", r.bodies("q.fifo"))
			}
			failing.Remove()
			r.until("all arrived", func() bool { return r.Lag() == 0 })
			if got := r.bodies("q.fifo"); !slices.Equal(got, want) {
				t.Errorf("arrived: %q, want %q", got, want)
			}
		})
	}
}

// A reload that ends while it looks for the dead-letter topic says why that is not found, not that time is over.
func TestReloadSaysWhyTheDeadLetterTopicIsMissing(t *testing.T) {
	r := run(t, []string{"q"}, plain)
	r.broker.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.CreateTopics}, Err: kerr.RequestTimedOut, Count: -1})
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	next := loaded(t, r.configured(strings.Replace(plain, "destination: a", "kafka: dead", 1)))
	done := make(chan error, 1)
	go func() { done <- r.Reload(ctx, next) }()
	r.until("it is told", func() bool { return len(r.Board().Problems()) > 0 })
	cancel() // as the end of the time would
	err := <-done
	if !errors.Is(err, kerr.RequestTimedOut) {
		t.Errorf("the reload ends with %v", err)
	}
}

// A reload that cannot say where a group begins is refused after a while: what had left for it comes back, and the
// bridge goes on as before. A later one is taken.
func TestRefusedReloadLeavesTheBridgeRunning(t *testing.T) {
	r := run(t, []string{"q", "b"}, plain)
	both := loaded(t, r.configured(strings.NewReplacer("{sqs: q}}", "{sqs: q}, b: {sqs: b, isolated: true}}", "to: [a]", "to: [a, b]").Replace(plain)))
	joined := func() bool { return len(r.sources()) == 1 && r.sources()[0].Joined() }
	r.until("it is a member", joined)
	r.produce("0")
	r.until("the offsets are committed", func() bool { return r.Lag() == 0 && r.broker.Cluster.GroupInfo("g").Commits["t"][0].Offset == 1 })
	refused := r.broker.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetFetch}, Group: "g.b", Err: kerr.UnknownServerError, Count: -1})
	before := r.sources()[0]
	ctx, cancel := context.WithCancel(r.ctx)
	done := make(chan error, 1)
	go func() { done <- r.Reload(ctx, both) }()
	r.until("it is told", func() bool {
		return slices.ContainsFunc(r.Problems(), func(p health.Problem) bool {
			return p.What == "group g.b" && strings.Contains(p.Text, "giving it the offsets")
		})
	})
	cancel() // as the end of the time would
	if err := <-done; !errors.Is(err, kerr.UnknownServerError) {
		t.Errorf("the reload ends with %v", err)
	}
	r.produce("1")
	r.until("it goes on", func() bool { return len(r.bodies("q")) == 2 })
	r.until("all is well", func() bool { return joined() && len(r.Problems()) == 0 })
	if r.sources()[0] == before {
		t.Error("the group had not left")
	}
	refused.Remove()
	if err := r.Reload(r.ctx, both); err != nil {
		t.Fatal(err)
	}
	r.produce("2")
	r.until("all is sent", func() bool { return len(r.bodies("q")) == 3 && len(r.bodies("b")) == 1 })
}

// A reload that is refused leaves no start behind: that of a new topic is what the next one says.
func TestRefusedReloadLeavesNoStartOfATopic(t *testing.T) {
	r := run(t, []string{"q", "b"}, plain)
	r.until("it is a member", func() bool { return len(r.sources()) == 1 && r.sources()[0].Joined() })
	if err := r.broker.Cluster.CreateTopic("u", 1, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.client.ProduceSync(r.ctx, &kgo.Record{Topic: "u", Value: []byte("early")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	more := func(start string) *config.Config {
		text := strings.NewReplacer("{sqs: q}}", "{sqs: q}, b: {sqs: b, isolated: true}}", "to: [a]", "to: [a, b]", "topics: [t]", "topics: [t, u]").Replace(plain)
		return loaded(t, r.configured(text+"topics: {u: {start: "+start+"}}\n"))
	}
	refused := r.broker.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetFetch}, Group: "g.b", Err: kerr.UnknownServerError, Count: -1})
	ctx, cancel := context.WithCancel(r.ctx)
	done := make(chan error, 1)
	go func() { done <- r.Reload(ctx, more("latest")) }()
	r.until("the start is committed", func() bool { return len(r.broker.Cluster.GroupInfo("g").Commits["u"]) == 1 })
	cancel()
	if err := <-done; err == nil {
		t.Fatal("the reload is not refused")
	}
	refused.Remove()
	if err := r.Reload(r.ctx, more("earliest")); err != nil {
		t.Fatal(err)
	}
	r.until("all is sent", func() bool { return slices.Contains(r.bodies("q"), "early") && slices.Contains(r.bodies("b"), "early") })
}
