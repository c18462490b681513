package daemon

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/health"
)

// drains is a destination with a group of its own, and one without, with an hour to drain.
const drains = `
destinations: {own: {sqs: own, isolated: true, QUICK}, shared: {sqs: shared, QUICK}}
rules: [{topics: [t], to: [own, shared]}]
drain_timeout: 1h
commit_interval: 100ms
`

// draining has the group of a destination drain for a reload, and returns the result of that. What is
// in flight is never answered.
func draining(t *testing.T, after string) (*running, chan error) {
	t.Helper()
	r := run(t, []string{"own", "shared"}, drains)
	silent := r.aws.Inject(fake.Fault{Target: "own", Action: "SendMessageBatch", Effect: fake.Silence()})
	r.until("both groups are joined", func() bool { return len(r.Problems()) == 0 })
	r.produce("1")
	r.until("a request is out", func() bool { return silent.Hits() > 0 })
	r.until("the other group is done", func() bool { return r.aws.Queue("shared").Count() == 1 })
	result := make(chan error, 1)
	cfg := loaded(t, r.configured(after))
	go func() { result <- r.Reload(r.ctx, cfg) }()
	r.until("the reload has groups leave", func() bool { return !r.movingSince().IsZero() })
	return r, result
}

// members is how many members a group has.
func (r *running) members(group string) int {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, 10*time.Second)
	defer cancel()
	found, err := kadm.NewClient(r.client).DescribeGroups(ctx, group)
	if err != nil {
		r.t.Fatal(err)
	}
	return len(found[group].Members)
}

// Two signals while a reload drains stop the bridge at once.
func TestTwoSignalsDuringReloadStopAtOnce(t *testing.T) {
	r, result := draining(t, strings.Replace(drains, "1h", "2h", 1))
	r.stop()
	r.abort()
	if err := <-result; !errors.Is(err, errStopping) {
		t.Errorf("the reload: %v", err)
	}
	// The cleanup waits for the end.
}

// A signal while a reload drains some groups has the others drain as well, at once: the stop takes no
// longer than one drain.
func TestStopDuringReloadDrainsTheOthersAtOnce(t *testing.T) {
	r, _ := draining(t, `
destinations: {shared: {sqs: shared, QUICK}}
rules: [{topics: [t], to: [shared]}]
drain_timeout: 1h
commit_interval: 100ms
`)
	if n := r.members("g"); n != 1 {
		t.Errorf("%d members of the group that goes on", n)
	}
	r.stop()
	r.until("the other group has left", func() bool { return r.members("g") == 0 })
	if n := r.members("g.own"); n != 1 {
		t.Errorf("%d members of the group that drains", n)
	}
}

// A group that has left for a reload is not expected to show progress while another drains.
func TestGroupThatHasLeftNeedNotProgress(t *testing.T) {
	r, _ := draining(t, strings.Replace(drains, "1h", "2h", 1))
	r.until("one has left", func() bool { s := r.sources(); return len(s) == 1 && s[0].Group() == "g.own" })
}

// A failure that ends the bridge ends a reload that waits for brokers which do not say where a group begins.
func TestFailureEndsAReloadThatWaits(t *testing.T) {
	const shared = "destinations: {a: {sqs: q, QUICK}}\nrules: [{topics: [t], to: [a]}]\n"
	r := run(t, []string{"q"}, shared)
	r.until("the group is joined", func() bool { return len(r.Problems()) == 0 })
	r.broker.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetFetch}, Err: kerr.UnknownServerError, Count: -1})
	result := make(chan error, 1)
	cfg := loaded(t, r.configured(strings.Replace(shared, "sqs: q", "sqs: q, isolated: true", 1)))
	go func() { result <- r.Reload(r.ctx, cfg) }()
	r.until("the reload waits", func() bool {
		return !r.movingSince().IsZero() && slices.ContainsFunc(r.Board().Problems(), func(p health.Problem) bool { return strings.HasPrefix(p.What, "group g") })
	})
	failure := errors.New("the bridge cannot go on")
	r.fail(failure)
	select {
	case err := <-r.ended:
		if !errors.Is(err, failure) {
			t.Errorf("it ends with %v", err)
		}
		if err := <-result; !errors.Is(err, errStopping) {
			t.Errorf("the reload: %v", err)
		}
		r.ended <- nil
	case <-time.After(20 * time.Second):
		t.Fatalf("it goes on: %v", r.Board().Problems())
	}
}

// A stop ends a reload that waits for brokers before anything has changed, as where they do not tell of a dead-letter
// topic.
func TestStopEndsAReloadThatWaitsForBrokers(t *testing.T) {
	waits(t)
	const shared = "destinations: {a: {sqs: q, QUICK}}\nrules: [{topics: [t], to: [a]}]\n"
	r := run(t, []string{"q"}, shared)
	r.until("the group is joined", func() bool { return len(r.Problems()) == 0 })
	r.broker.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Metadata}, Topic: "other", Err: kerr.LeaderNotAvailable, Count: -1})
	result := make(chan error, 1)
	cfg := loaded(t, r.configured(shared+"dead_letter: {kafka: other}\n"))
	go func() { result <- r.Reload(t.Context(), cfg) }()
	r.until("the reload waits", func() bool {
		return slices.ContainsFunc(r.Board().Problems(), func(p health.Problem) bool { return p.What == "dead-letter topic" })
	})
	r.stop()
	select {
	case err := <-r.ended:
		r.ended <- err
		if err := <-result; !errors.Is(err, errStopping) {
			t.Errorf("the reload: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the stop waits for the reload")
		r.abort()
	}
}

// A stop soon after a reload does not wait, for as long as it may drain, for a destination of the earlier
// configuration that fails: nobody waits for that otherwise either.
func TestStopDoesNotWaitForAFailingEarlierDestination(t *testing.T) {
	waits(t)
	const config = `
destinations: {a: {sqs: q.fifo, endpoint: "http://127.0.0.1:1", QUICK}}
rules: [{topics: [t], to: [a]}]
drain_timeout: 1h
`
	r := run(t, []string{"q.fifo"}, config)
	r.produce("1")
	r.until("it was read", func() bool { return r.Lag() == 1 })
	r.reload(strings.Replace(config, "QUICK", "QUICK, concurrency: 3", 1))
	r.stop()
	select {
	case err := <-r.ended:
		r.ended <- err
	case <-time.After(time.Minute):
		t.Error("the stop takes a minute and more")
		r.abort()
	}
}
