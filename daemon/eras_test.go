package daemon

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
	"github.com/sluice-bridge/sluice/fake"
)

// Rules move while a destination is behind, in steps: no record goes nowhere, none twice, and each goes where the
// rules said that were in force when others read it.
func TestRulesMoveInStepsWithoutLossOrDuplicate(t *testing.T) {
	const head = "limits: {in_flight: 20}\ncommit_interval: 100ms\nunmatched: drop\n"
	plan := func(destinations, rules string) string {
		return head + "destinations: {" + destinations + "}\nrules: [" + rules + "]\n"
	}
	to := func(of ...string) string {
		return "{name: all, topics: [t], to: [" + strings.Join(of, ", ") + "]}"
	}
	const (
		never  = "{name: none, topics: [t], when: \"false\", to: [b]}"
		shared = "a: {sqs: a, QUICK}, b: {sqs: b, QUICK}"
		aApart = "a: {sqs: a, isolated: true, QUICK}, b: {sqs: b, QUICK}"
		bApart = "a: {sqs: a, QUICK}, b: {sqs: b, isolated: true, QUICK}"
	)
	for _, c := range []struct {
		name  string
		slow  string   // the queue that takes nothing until all steps are taken
		ahead string   // the group that has read all by then
		steps []string // configurations
		want  string   // where all of it goes
	}{
		{"taken back, then moved", "a", "g",
			[]string{plan(aApart, to("a")), plan(shared, to("a")), plan(shared, to("b"))}, "a"},
		{"taken back and ahead, then moved to", "b", "g.a",
			[]string{plan(aApart, to("b")), plan(shared, to("b")), plan(shared, to("a"))}, "b"},
		{"taken back and moved, then twice more", "a", "g",
			[]string{plan(aApart, to("a")), plan(shared, to("b")), plan(shared, to("b")+", "+never), plan(shared, to("b"))}, "a"},
		{"to nowhere, to one that lags, and back", "b", "g",
			[]string{plan(bApart, to("b")), plan(bApart, never), plan(bApart, to("b")), plan(bApart, to("a"))}, "b"},
		{"one more, then one less", "a", "g.b",
			[]string{plan(bApart, to("a")), plan(bApart, to("a", "b")), plan(bApart, to("b"))}, "a"},
		{"renamed and moved", "a", "g",
			[]string{plan(aApart, to("a")), plan(strings.Replace(aApart, "a: {", "a2: {", 1), to("b"))}, "a"},
		{"renamed, then moved", "a", "g",
			[]string{plan(aApart, to("a")), plan(strings.Replace(aApart, "a: {", "a2: {", 1), to("a2")), plan(strings.Replace(aApart, "a: {", "a3: {", 1), to("b"))}, "a"},
		{"renamed, taken back and moved", "a", "g",
			[]string{plan(aApart, to("a")), plan("a2: {sqs: a, QUICK}, b: {sqs: b, QUICK}", to("b"))}, "a"},
		{"removed and moved, then put back", "a", "g",
			[]string{plan(aApart, to("a")), plan("b: {sqs: b, QUICK}", to("b")), plan(aApart, to("b"))}, "a"},
		{"removed and moved, then put back by another name", "a", "g",
			[]string{plan(aApart, to("a")), plan("b: {sqs: b, QUICK}", to("b")), plan(strings.Replace(aApart, "a: {", "a2: {", 1), to("b"))}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			queues := []string{"a", "b"}
			r := run(t, queues, c.steps[0])
			down := r.aws.Inject(fake.Fault{Target: c.slow, Effect: fake.QueueMissing()})
			var all []string
			for i := range 100 {
				all = append(all, fmt.Sprintf("%02d", i))
				r.produce(all[i])
			}
			r.until("the other group has read all", func() bool { return r.committed(c.ahead) == 100 })
			for _, step := range c.steps[1:] {
				r.reload(step)
			}
			down.Remove()
			r.until("all arrived", func() bool { return r.aws.Queue(c.want).Count() >= len(all) })
			r.until("all is settled", func() bool { return r.Lag() == 0 })
			for _, name := range queues {
				got := r.bodies(name)
				slices.Sort(got)
				if name == c.want && !slices.Equal(got, all) || name != c.want && len(got) > 0 {
					t.Errorf("%s got %d: %v", name, len(got), got)
				}
			}
		})
	}
}

// What the earlier rules say for a destination goes as that takes it by now: here to a FIFO queue in place of another.
func TestEarlierRulesSendAsTheQueueTakesItNow(t *testing.T) {
	const (
		head   = "limits: {in_flight: 20}\ncommit_interval: 100ms\n"
		others = "b: {sqs: b, QUICK}, x: {sqs: x, isolated: true, QUICK}}\n"
	)
	r := run(t, []string{"a", "a.fifo", "b", "x"}, head+"destinations: {a: {sqs: a, QUICK}, "+others+"rules: [{name: all, topics: [t], to: [a, b]}]\n")
	down := r.aws.Inject(fake.Fault{Target: "a", Effect: fake.QueueMissing()})
	for i := range 100 {
		r.produce(fmt.Sprint(i))
	}
	r.until("the group of x has read all", func() bool { return r.committed("g.x") == 100 })
	r.reload(head + "destinations: {a: {sqs: a.fifo, QUICK}, " + others + "rules: [{name: all, topics: [t], to: [a, x]}]\n")
	down.Remove() // what is in flight still goes to the earlier queue
	r.until("all arrived", func() bool {
		return len(r.bodies("a"))+len(r.bodies("a.fifo")) >= 100 && len(r.bodies("b")) >= 100
	})
	r.until("all is settled", func() bool { return r.Lag() == 0 })
	if n := len(r.bodies("a.fifo")); n < 80 {
		t.Errorf("%d came to the FIFO queue", n)
	}
}

// Rules go on to decide where the list of brokers changes, of the same cluster.
func TestEarlierRulesOutliveAChangeOfBrokers(t *testing.T) {
	const dest = "limits: {in_flight: 20}\ncommit_interval: 100ms\ndestinations: {a: {sqs: a, isolated: true, QUICK}, b: {sqs: b, QUICK}}\n"
	r := run(t, []string{"a", "b"}, dest+"rules: [{name: all, topics: [t], to: [a]}]\n")
	down := r.aws.Inject(fake.Fault{Target: "a", Effect: fake.QueueMissing()})
	for i := range 100 {
		r.produce(fmt.Sprint(i))
	}
	r.until("the shared group has read all", func() bool { return r.committed("g") == 100 })
	toB := dest + "rules: [{name: all, topics: [t], to: [b]}]\n"
	r.reload(toB)
	text, at := r.configured(toB), r.broker.Addresses()[0]
	text = strings.Replace(text, fmt.Sprintf("%q", at), fmt.Sprintf("%q, %q", at, strings.Replace(at, "127.0.0.1", "localhost", 1)), 1)
	if err := r.Reload(r.ctx, loaded(t, text)); err != nil {
		t.Fatal(err)
	}
	down.Remove()
	r.until("all arrived", func() bool { return r.aws.Queue("a").Count() >= 100 })
	r.until("all is settled", func() bool { return r.Lag() == 0 })
	if n := len(r.bodies("b")); n > 0 {
		t.Errorf("%d came to b", n)
	}
}

// A group that has lost its session is as far as it was, though it could not commit that.
func TestRuleMovesToAGroupThatIsLost(t *testing.T) {
	const dest = "limits: {in_flight: 20}\ncommit_interval: 100ms\ndestinations: {a: {sqs: a, QUICK}, y: {sqs: y, isolated: true, QUICK}}\n"
	r := run(t, []string{"a", "y"}, dest+"rules: [{name: all, topics: [t], to: [a]}]\n")
	r.produce("0")
	r.until("both have read it", func() bool { return r.committed("g") == 1 && r.committed("g.y") == 1 })
	var noCommits, lost, noOffsets atomic.Bool
	r.broker.Cluster.ControlKey(int16(kmsg.OffsetFetch), func(q kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.Cluster.KeepControl()
		req := q.(*kmsg.OffsetFetchRequest)
		if len(req.Groups) != 1 || req.Groups[0].Group != "g.y" || !noOffsets.Load() {
			return nil, nil, false
		}
		resp := req.ResponseKind().(*kmsg.OffsetFetchResponse)
		refused := kmsg.NewOffsetFetchResponseGroup()
		refused.Group, refused.ErrorCode = "g.y", kerr.GroupAuthorizationFailed.Code
		resp.Groups = append(resp.Groups, refused)
		return resp, nil, true
	})
	r.broker.Cluster.ControlKey(int16(kmsg.OffsetCommit), func(q kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.Cluster.KeepControl()
		req := q.(*kmsg.OffsetCommitRequest)
		if req.Group != "g.y" || !noCommits.Load() {
			return nil, nil, false
		}
		resp := req.ResponseKind().(*kmsg.OffsetCommitResponse)
		for _, topic := range req.Topics {
			refused := kmsg.NewOffsetCommitResponseTopic()
			refused.Topic, refused.TopicID = topic.Topic, topic.TopicID
			for _, p := range topic.Partitions {
				one := kmsg.NewOffsetCommitResponseTopicPartition()
				one.Partition, one.ErrorCode = p.Partition, kerr.GroupAuthorizationFailed.Code
				refused.Partitions = append(refused.Partitions, one)
			}
			resp.Topics = append(resp.Topics, refused)
		}
		return resp, nil, true
	})
	r.broker.Cluster.ControlKey(int16(kmsg.Heartbeat), func(q kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.Cluster.KeepControl()
		if req := q.(*kmsg.HeartbeatRequest); req.Group == "g.y" && lost.Load() {
			resp := req.ResponseKind().(*kmsg.HeartbeatResponse)
			resp.ErrorCode = kerr.UnknownMemberID.Code
			return resp, nil, true
		}
		return nil, nil, false
	})
	r.broker.Cluster.ControlKey(int16(kmsg.JoinGroup), func(q kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.Cluster.KeepControl()
		if req := q.(*kmsg.JoinGroupRequest); req.Group == "g.y" && lost.Load() {
			resp := req.ResponseKind().(*kmsg.JoinGroupResponse)
			resp.ErrorCode = kerr.GroupAuthorizationFailed.Code
			return resp, nil, true
		}
		return nil, nil, false
	})
	down := r.aws.Inject(fake.Fault{Target: "a", Effect: fake.QueueMissing()})
	noCommits.Store(true)
	for i := 1; i < 100; i++ {
		r.produce(fmt.Sprint(i))
	}
	y := r.sources()[slices.IndexFunc(r.sources(), func(s *consumer.Source) bool { return s.Group() == "g.y" })]
	r.until("the group of y has read all", func() bool { return y.Lag() == 0 })
	lost.Store(true)
	r.until("it is lost", func() bool { return !y.Owns() })
	if n := r.committed("g.y"); n == 100 {
		t.Fatal("it could commit that")
	}
	const moved = dest + "rules: [{name: all, topics: [t], to: [y]}]\n"
	noOffsets.Store(true)
	if err := r.Reload(r.ctx, loaded(t, r.configured(moved))); err == nil || !strings.Contains(err.Error(), "how far consumer group g.y is") {
		t.Fatalf("a reload while nobody knows how far the group is: %v", err)
	}
	noOffsets.Store(false)
	r.reload(moved)
	lost.Store(false)
	noCommits.Store(false)
	down.Remove()
	r.until("all arrived", func() bool { return len(r.bodies("a"))+len(r.bodies("y")) >= 100 })
	r.until("all is settled", func() bool { return r.committed("g.y") == 100 && r.committed("g") == 100 })
	if a := len(r.bodies("a")); a != 100 {
		t.Errorf("%d came to a", a)
	}
}

// A destination that the shared group takes back is as far as its own group was, also while no member of the shared
// group has any partition yet.
func TestRuleMovesBeforeTheGroupHasJoined(t *testing.T) {
	const (
		head   = "limits: {in_flight: 20}\ncommit_interval: 100ms\nunmatched: drop\n"
		shared = head + "destinations: {a: {sqs: a, QUICK}, b: {sqs: b, QUICK}}\n"
	)
	r := run(t, []string{"a", "b"}, head+"destinations: {a: {sqs: a, isolated: true, QUICK}, b: {sqs: b, QUICK}}\nrules: [{name: all, topics: [t], to: [b]}]\n")
	down := r.aws.Inject(fake.Fault{Target: "b", Effect: fake.QueueMissing()})
	for i := range 100 {
		r.produce(fmt.Sprint(i))
	}
	r.until("the group of a has read all", func() bool { return r.committed("g.a") == 100 })
	var refused atomic.Int32
	var open atomic.Bool
	r.broker.Cluster.ControlKey(int16(kmsg.JoinGroup), func(q kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.Cluster.KeepControl()
		if open.Load() {
			return nil, nil, false
		}
		refused.Add(1)
		resp := q.(*kmsg.JoinGroupRequest).ResponseKind().(*kmsg.JoinGroupResponse)
		resp.ErrorCode = kerr.CoordinatorLoadInProgress.Code
		return resp, nil, true
	})
	r.reload(shared + "rules: [{name: all, topics: [t], to: [b]}]\n")
	r.until("the shared group could not join", func() bool { return refused.Load() > 0 })
	r.reload(shared + "rules: [{name: all, topics: [t], to: [a]}]\n")
	open.Store(true)
	down.Remove()
	r.until("all arrived", func() bool { return len(r.bodies("b")) >= 100 })
	r.until("all is settled", func() bool { return r.Lag() == 0 })
	if n := len(r.bodies("a")); n > 0 {
		t.Errorf("%d came to a", n)
	}
}
