package simulate

import (
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// scope is what an error of a request is about, as far as an event chooses it.
type scope int

const (
	ofLog     scope = iota // a topic, or a partition of it
	ofGroup                // one of the bridge's groups
	ofLetters              // the topic of dead letters
	ofAll                  // the request itself
)

// answers are the errors that brokers answer a request with.
type answers struct {
	key    kmsg.Key
	of     scope
	errors []*kerr.Error
}

// What is about one topic says so by its name.
const (
	ofATopic   = " of a topic"
	withdrawal = "withdraw topic"
)

var coordinatorErrors = []*kerr.Error{kerr.CoordinatorLoadInProgress, kerr.CoordinatorNotAvailable, kerr.NotCoordinator, kerr.GroupAuthorizationFailed}

// refusable are the requests that are refused, in a scenario's own clients' stead.
var refusable = []answers{
	{kmsg.Fetch, ofLog, []*kerr.Error{
		kerr.NotLeaderForPartition, kerr.UnknownLeaderEpoch, kerr.FencedLeaderEpoch, kerr.OffsetNotAvailable, kerr.OffsetOutOfRange, kerr.KafkaStorageError,
		kerr.ReplicaNotAvailable, kerr.UnknownServerError, kerr.TopicAuthorizationFailed, kerr.UnknownTopicOrPartition, kerr.UnknownTopicID, kerr.InconsistentTopicID,
	}},
	{kmsg.Metadata, ofLog, []*kerr.Error{
		kerr.LeaderNotAvailable, kerr.UnknownTopicOrPartition, kerr.TopicAuthorizationFailed, kerr.UnknownServerError,
	}},
	{kmsg.ListOffsets, ofLog, []*kerr.Error{
		kerr.NotLeaderForPartition, kerr.LeaderNotAvailable, kerr.OffsetNotAvailable, kerr.UnknownTopicOrPartition, kerr.TopicAuthorizationFailed,
		kerr.FencedLeaderEpoch, kerr.UnknownServerError,
	}},
	{kmsg.OffsetForLeaderEpoch, ofLog, []*kerr.Error{
		kerr.NotLeaderForPartition, kerr.FencedLeaderEpoch, kerr.UnknownLeaderEpoch, kerr.TopicAuthorizationFailed, kerr.UnknownTopicOrPartition, kerr.KafkaStorageError,
	}},
	{kmsg.OffsetFetch, ofLog, []*kerr.Error{kerr.UnstableOffsetCommit, kerr.UnknownTopicOrPartition, kerr.TopicAuthorizationFailed}},
	{kmsg.OffsetFetch, ofGroup, coordinatorErrors},
	{kmsg.OffsetCommit, ofLog, []*kerr.Error{kerr.TopicAuthorizationFailed, kerr.UnknownTopicOrPartition, kerr.OffsetMetadataTooLarge, kerr.UnknownServerError}},
	{kmsg.OffsetCommit, ofGroup, slices.Concat(coordinatorErrors, []*kerr.Error{
		kerr.RebalanceInProgress, kerr.IllegalGeneration, kerr.UnknownMemberID, kerr.FencedInstanceID, kerr.RequestTimedOut, kerr.InvalidCommitOffsetSize,
	})},
	{kmsg.JoinGroup, ofGroup, slices.Concat(coordinatorErrors, []*kerr.Error{
		kerr.UnknownMemberID, kerr.FencedInstanceID, kerr.GroupMaxSizeReached, kerr.InconsistentGroupProtocol, kerr.RebalanceInProgress,
	})},
	{kmsg.SyncGroup, ofGroup, slices.Concat(coordinatorErrors, []*kerr.Error{
		kerr.RebalanceInProgress, kerr.IllegalGeneration, kerr.UnknownMemberID, kerr.FencedInstanceID,
	})},
	{kmsg.Heartbeat, ofGroup, slices.Concat(coordinatorErrors, []*kerr.Error{
		kerr.RebalanceInProgress, kerr.IllegalGeneration, kerr.UnknownMemberID, kerr.FencedInstanceID,
	})},
	{kmsg.LeaveGroup, ofGroup, slices.Concat(coordinatorErrors, []*kerr.Error{kerr.UnknownMemberID})},
	{kmsg.DescribeGroups, ofGroup, coordinatorErrors},
	{kmsg.FindCoordinator, ofGroup, []*kerr.Error{kerr.CoordinatorNotAvailable, kerr.GroupAuthorizationFailed, kerr.UnknownServerError}},
	{kmsg.Produce, ofLetters, []*kerr.Error{
		kerr.NotLeaderForPartition, kerr.NotEnoughReplicas, kerr.NotEnoughReplicasAfterAppend, kerr.RequestTimedOut, kerr.KafkaStorageError,
		kerr.TopicAuthorizationFailed, kerr.MessageTooLarge, kerr.InvalidRecord, kerr.UnknownServerError,
	}},
	{kmsg.Metadata, ofLetters, []*kerr.Error{kerr.LeaderNotAvailable, kerr.UnknownTopicOrPartition, kerr.TopicAuthorizationFailed}},
	{kmsg.InitProducerID, ofAll, []*kerr.Error{kerr.CoordinatorLoadInProgress, kerr.CoordinatorNotAvailable, kerr.NotCoordinator, kerr.ClusterAuthorizationFailed}},
	{kmsg.ApiVersions, ofAll, []*kerr.Error{kerr.UnknownServerError, kerr.RequestTimedOut}},
}

// refusalEvents have requests answered with errors, so many or for a while, by all brokers or one.
var refusalEvents = func() []eventKind {
	events := []eventKind{
		{withdrawal, drawWithdrawal, withdrawTopic},
		{"withdraw group", drawWithdrawal, withdrawGroup},
	}
	for _, a := range refusable {
		events = append(events, eventKind{a.event(), a.draw, a.refuse})
	}
	return events
}()

// event is what it is called that they are.
func (a answers) event() string {
	return "refuse " + a.key.Name() + []string{ofATopic, " of a group", " of dead letters", ""}[a.of]
}

func (a answers) draw(r random, sc *Scenario, e *Event) {
	drawWithdrawal(r, sc, e)
	e.Other = pick(r, a.errors).Message
	if r.one(2) {
		e.Count = 1 + r.IntN(5)
	}
	if a.key == kmsg.Fetch {
		e.For = min(e.For, briefly)
	}
	if r.one(2) {
		e.Partition = -1 // all
	}
	if r.one(2) {
		e.Broker = -1 // all
	}
	if a.of == ofGroup {
		e.Name = pick(r, append(sc.Setup.isolated(), ""))
	}
}

// briefly is how long fetches are refused, but for those that are not allowed: the client asks again at once, and
// a scenario is to end.
const briefly = 8 * time.Second

func (a answers) refuse(w *world, e Event) error {
	i := slices.IndexFunc(a.errors, func(err *kerr.Error) bool { return err.Message == e.Other })
	if i < 0 {
		return errNothing
	}
	err := a.errors[i]
	fault := kfake.Fault{Keys: []kmsg.Key{a.key}, Err: err, Count: e.Count, When: notOfHarness}
	if e.Count == 0 {
		fault.Count = -1
	}
	if e.Broker >= 0 {
		fault.Nodes = []int32{w.brokers.node(e.Broker)}
	}
	switch a.of {
	case ofLog:
		fault.Topic = e.Name
		if p, err := w.brokers.partition(e.Name, max(e.Partition, 0)); err == nil && e.Partition >= 0 && a.key != kmsg.Metadata {
			fault.Partitions = []int32{p}
		}
	case ofGroup:
		fault.Group = groupOf(e.Name)
	case ofLetters:
		fault.Topic = letterTopic
	case ofAll:
	}
	if err == kerr.FencedInstanceID {
		if !w.setup.Static {
			return errNothing // nobody is told that who has no instance id
		}
		w.brokers.fencing = true
	}
	if err == kerr.OffsetOutOfRange {
		// The client takes it for a log that has been cut off somewhere, and goes back by a minute.
		w.ledger.readAgain(e.Name, int32(e.Partition), max(e.Count, 2))
	}
	w.brokers.refuse(e, fault)
	return nil
}

// refuse has requests answered with an error until it is mended.
func (b *brokers) refuse(e Event, faults ...kfake.Fault) {
	var mends []func()
	for _, f := range faults {
		if slices.Contains(f.Keys, kmsg.OffsetForLeaderEpoch) { // which the cluster is not asked
			r := &refusal{f.Topic, f.Err, f.Count}
			b.mu.Lock()
			b.refusals = append(b.refusals, r)
			b.mu.Unlock()
			mends = append(mends, func() { b.mu.Lock(); r.left = 0; b.mu.Unlock() })
			continue
		}
		mends = append(mends, b.cluster.Fault(f).Remove)
	}
	b.w.during(e.For, func() {
		for _, mend := range mends {
			mend()
		}
	})
}

// notOfHarness tells the requests of the bridge from those of the scenario's own clients, which ask for
// topics to be made, and say who they are.
func notOfHarness(r kmsg.Request) bool {
	switch r := r.(type) {
	case *kmsg.MetadataRequest:
		return !r.AllowAutoTopicCreation
	case *kmsg.ApiVersionsRequest:
		return r.ClientSoftwareName != harness
	case *kmsg.InitProducerIDRequest:
		return r.TransactionalID == nil
	}
	return true
}

func drawWithdrawal(r random, sc *Scenario, e *Event) {
	drawWhile(r, sc, e)
	drawLog(r, sc, e)
}

// withdrawTopic has nobody be allowed to read a topic, or to know that it is there.
func withdrawTopic(w *world, e Event) error {
	var faults []kfake.Fault
	for _, key := range []kmsg.Key{kmsg.Metadata, kmsg.Fetch, kmsg.ListOffsets, kmsg.OffsetForLeaderEpoch, kmsg.OffsetFetch, kmsg.OffsetCommit} {
		faults = append(faults, kfake.Fault{Keys: []kmsg.Key{key}, Topic: e.Name, Err: kerr.TopicAuthorizationFailed, Count: -1, When: notOfHarness})
	}
	w.brokers.refuse(e, faults...)
	return nil
}

// withdrawGroup has nobody be allowed to use the bridge's groups.
func withdrawGroup(w *world, e Event) error {
	var faults []kfake.Fault
	for _, key := range []kmsg.Key{
		kmsg.FindCoordinator, kmsg.JoinGroup, kmsg.SyncGroup, kmsg.Heartbeat, kmsg.LeaveGroup, kmsg.OffsetFetch, kmsg.OffsetCommit, kmsg.DescribeGroups,
	} {
		for _, of := range append(w.setup.isolated(), "") {
			faults = append(faults, kfake.Fault{Keys: []kmsg.Key{key}, Group: groupOf(of), Err: kerr.GroupAuthorizationFailed, Count: -1})
		}
	}
	w.brokers.refuse(e, faults...)
	return nil
}

// isolated are the names of the destinations that have groups of their own.
func (s *Setup) isolated() []string {
	var names []string
	for _, d := range s.Destinations {
		if d.Isolated {
			names = append(names, d.Name)
		}
	}
	return names
}

// groupOf is the group of an isolated destination; that of all others for none.
func groupOf(destination string) string { return strings.TrimSuffix(group+"."+destination, ".") }
