package consumer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/commit"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/kafka/opening"
	"github.com/sluice-bridge/sluice/bridge/kafka/problem"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/kafka/single"
	"github.com/sluice-bridge/sluice/bridge/kafka/unpack"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/internal/gate"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/internal/turn"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Options say what a source reads and how.
type Options struct {
	Connection kafka.Connection
	Group      string
	// Isolated says that it is the group of an isolated destination.
	Isolated bool
	// InstanceID makes the membership static (KIP-345); empty for none.
	InstanceID string
	// Topics are names, or regular expressions between slashes.
	Topics []string
	// Starts are where partitions begin that the group has no offset of, as Opening.Starts says; others begin
	// at their first records.
	Starts          kadm.Offsets
	ReadUncommitted bool
	// Rack is where this member is, as brokers name it: they may have it fetch from a replica there (KIP-392);
	// empty for nowhere.
	Rack string
	// WaitForUnreadable has a partition wait at a batch that cannot be read; else a dead letter takes
	// its place.
	WaitForUnreadable bool
	SessionTimeout    time.Duration
	RebalanceTimeout  time.Duration
	// ReadAhead is about how many bytes, unpacked, are fetched ahead of what is polled.
	ReadAhead int64
	// CommitInterval is how often offsets are committed of which few have moved.
	CommitInterval time.Duration
	// Budget is what commits may cost the brokers; nil: no bound.
	Budget *commit.Budget
	// Alone is for one batch at a time that is read alone, by all consumer groups of a process: what is being
	// unpacked is held beside all else.
	Alone        turn.Turn
	DrainTimeout time.Duration
	// Sharing is that of the shared group.
	Sharing handover.Sharing
}

// apart returns the group where others read the same topics in this process; else "".
func (o *Options) apart() string {
	if o.Isolated {
		return o.Group
	}
	return ""
}

// Intake is what records are handed to. Calls of Accept do not overlap.
type Intake interface {
	// Accept returns how many of the records it took, at least one where nothing is lacking and the
	// partition is not full; the others are to be offered again. It works for some milliseconds, or as long as one record takes. Where it
	// stopped for want of schemas, lacks names them and whoever is asked for them.
	Accept(part *offsets.Tracker, records []*kgo.Record) (taken int, lacks string)
	// Unreadable takes a batch that was not read in the place of its records. Calls of it and of Accept
	// do not overlap.
	Unreadable(part *offsets.Tracker, batch message.Unreadable)
	// Backlog returns how many deliveries could leave at once if more requests were allowed, and
	// whether a destination that has been getting some lately could take more.
	Backlog() (deliveries int, starving bool)
	// Flush sends what waits for more.
	Flush()
	// Stranded returns how many deliveries of each assignment wait for a destination that is broken.
	Stranded() map[offsets.Ack]int
	// Sweep throws away what is queued of closed partitions.
	Sweep()
}

// Source reads topics as a member of a consumer group, hands the records to an intake, and commits
// what is settled. The intake never blocks, so neither does the poll: a partition whose records
// pile up is paused.
type Source struct {
	opts   Options
	window *offsets.Window
	health *problem.HealthScope
	log    *zap.Logger
	client *kgo.Client
	hangUp context.CancelFunc // ends what the client waits for
	admin  *kadm.Client
	begun  time.Time

	// gate is read-locked by a poll, and again by each slice of registering what it brought, and
	// write-locked by what changes who owns what: between a revocation and the end of an assignment no
	// record slips in.
	gate     gate.Gate
	intake   Intake
	sharing  handover.Sharing
	assigned map[kafka.TopicPartition]*assignment
	member   string                               // id, as of the latest assignment
	leaving  map[kafka.TopicPartition]*assignment // being drained; still committed
	lost     opening.Lost
	// ended holds how far partitions were that were owned: their last commits may not have come through.
	ended     map[kafka.TopicPartition]handover.Position
	failing   *problem.Unread
	throttles *watch.Throttles
	stalls    watch.Stalls
	single    single.Reader
	asides    problem.Asides
	cuts      bool      // logs have lost records, and reading has yet to go back. Of the poll loop.
	reclaimed time.Time // when that was last tried. Of the poll loop.
	// fresh have records of the latest poll that were not offered yet; postponed are paused until theirs
	// are taken, which goes on at postponedFrom where there is something else to do. Of the poll loop.
	fresh, postponed []*assignment
	back             []*assignment // to be read again, once the client is told. Of the poll loop.
	postponedFrom    time.Time
	retried          time.Time // when a partition that was put back last had its turn. Of the poll loop.
	turned           time.Time // when it was last looked at what is read alone. Of the poll loop.
	capped           bool      // the latest poll took all that it might: the client may hold more. Of the poll loop.

	commits *commit.Committer
	polls   atomic.Uint64
	empty   atomic.Uint64 // polls that waited in vain
	joined  atomic.Bool   // to the group
	ahead   *unpack.ReadAhead
	times   *reader.Times
	doubted []doubted                       // of the latest poll. Of the poll loop.
	notes   map[kafka.TopicPartition]string // of the client's session, between two of its callbacks
	fatal   chan error                      // capacity 1
	made    chan struct{}                   // closed when New is done: the client joins the group before that
}

// New returns a source that is not yet connected. It fails only where the options cannot work.
func New(opts Options, intake Intake, window *offsets.Window, observer *telemetry.Observer) (*Source, error) {
	group := observer.Group(opts.Group)
	s := &Source{
		opts:      opts,
		window:    window,
		health:    problem.NewHealthScope(observer, opts.apart()),
		log:       observer.Log.With(zap.String("group", opts.Group)),
		intake:    intake,
		sharing:   opts.Sharing,
		assigned:  map[kafka.TopicPartition]*assignment{},
		leaving:   map[kafka.TopicPartition]*assignment{},
		lost:      opening.Lost{},
		ended:     map[kafka.TopicPartition]handover.Position{},
		ahead:     unpack.NewReadAhead(opts.ReadAhead),
		fatal:     make(chan error, 1),
		made:      make(chan struct{}),
		begun:     time.Now(),
		throttles: watch.NewThrottles(group),
	}
	s.single = single.Reader{Connection: opts.Connection, ReadUncommitted: opts.ReadUncommitted, WaitForUnreadable: opts.WaitForUnreadable,
		Turn: opts.Alone, Window: window}
	s.failing = problem.NewUnread(s.health, opts.Group)
	s.times = reader.NewTimes(opts.Connection, s.ahead.Budget(), s.log)
	s.ahead.Update = func(fetch, partition int32) {
		<-s.made
		s.client.UpdateFetchMaxBytes(fetch, partition)
	}
	line, hangUp := context.WithCancel(context.Background())
	var err error
	if s.client, err = opts.Connection.Client(append(s.clientOptions(observer.Log), kgo.WithContext(line))...); err != nil {
		hangUp()
		return nil, err
	}
	s.hangUp = hangUp
	s.admin = kadm.NewClient(s.client)
	s.commits = commit.New(commit.Options{Client: s.client, Group: opts.Group, InstanceID: opts.InstanceID, Interval: opts.CommitInterval,
		Budget: opts.Budget, Observe: group, Window: window, Health: s.health, Cause: s.throttles.Cause, Fail: s.fail,
		Member: s.currentMember, Log: s.log})
	s.stalls = watch.Stalls{Client: s.client, Group: opts.Group, ReadUncommitted: opts.ReadUncommitted, Health: s.health,
		Unread: s.failing, Throttles: s.throttles, Empty: s.empty.Load, Full: func() bool { return window.Batch(1) == 0 }, WhileUnfetched: s.whileUnfetched}
	close(s.made)
	return s, nil
}

func (s *Source) clientOptions(log *zap.Logger) []kgo.Opt {
	topics, regex := kafka.Subscription(s.opts.Topics)
	opts := []kgo.Opt{
		kgo.ConsumerGroup(s.opts.Group),
		kgo.ConsumeTopics(topics...),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.DisableAutoCommit(),
		kgo.OnPartitionsAssigned(s.onAssigned),
		kgo.OnPartitionsRevoked(s.onRevoked),
		kgo.OnPartitionsLost(s.onLost),
		// The earliest offset stands for no committed one, until adjustOffsets has resolved it.
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		kgo.OnOffsetsFetched(s.offsetsFetched),
		kgo.AdjustFetchOffsetsFn(s.adjustOffsets),
		kgo.SessionTimeout(s.opts.SessionTimeout),
		// Two signs of life may go missing, however short the session is.
		kgo.HeartbeatInterval(min(s.opts.SessionTimeout/3, 3*time.Second)),
		kgo.RebalanceTimeout(s.opts.RebalanceTimeout),
		kgo.FetchMaxBytes(s.ahead.Asked),
		kgo.FetchMaxPartitionBytes(s.ahead.Asked),
		kgo.FetchMaxWait(time.Second),
		kgo.WithDecompressor(s.ahead),
		// What ends a transaction counts as read: the mark passes it, and retention that deletes it is no loss.
		kgo.KeepControlRecords(),
		kgo.WithHooks(&hooks{s}, s.ahead, s.throttles),
		kgo.WithLogger(kafka.ClientLogger(log)), // which names the group itself
	}
	if regex {
		opts = append(opts, kgo.ConsumeRegex())
	}
	if s.opts.InstanceID != "" {
		opts = append(opts, kgo.InstanceID(s.opts.InstanceID))
	}
	if s.opts.Rack != "" {
		opts = append(opts, kgo.Rack(s.opts.Rack))
	}
	if !s.opts.ReadUncommitted {
		opts = append(opts, kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	}
	return opts
}

// Run reads until ctx ends; then it stops polling, drains what is in flight within the drain
// timeout, commits and leaves the group. When abort ends, it leaves at once with what is
// committed. An error means that this member cannot go on.
func (s *Source) Run(ctx, abort context.Context) error {
	defer s.health.Close()
	defer s.times.Close()
	var background sync.WaitGroup
	defer background.Wait() // whoever waits for a broker, until the client ends
	defer s.close()
	stop, cancel := context.WithCancel(abort)
	defer cancel()
	commits, endCommits := context.WithCancel(stop)
	defer endCommits()
	background.Go(func() {
		settling := watch.NewSettling(s.health)
		defer settling.Forget()
		s.commits.Loop(commits, func() []*commit.Entry { return entries(s.held()) }, func(now time.Time) {
			settling.Look(s.holdings, now)
		})
	})
	if !kafka.Reach(ctx, s.client, background.Go, s.tried) {
		return nil
	}
	background.Go(func() { watch.Topics(stop, s.client, s.opts.Topics, s.holdings, s.health) })
	background.Go(func() { s.watch(stop) })
	if err := s.pollLoop(ctx); err != nil {
		// Somebody else reads these partitions now.
		s.forget(s.release(func(kafka.TopicPartition) bool { return true }))
		return err
	}
	s.leave(abort, endCommits)
	return nil
}

// tried notes whether a broker answers, before the member joins.
func (s *Source) tried(err error) {
	s.polls.Add(1)
	if err != nil {
		s.health.Report(s.key(), fmt.Sprintf("no broker of %v answers: %v", s.opts.Connection.Brokers, err))
		return
	}
	s.health.Resolve(s.key())
}

const (
	// pollWait bounds one poll, so that the loop shows that it is alive.
	pollWait = time.Second
	// pollWaitBusy is for while partitions are paused: nothing wakes a poll when they have room.
	pollWaitBusy = 100 * time.Millisecond
	// pollWaitLaden is for while there are records to work on.
	pollWaitLaden = time.Millisecond
)

// pollLoop reads until ctx ends, which is no error.
func (s *Source) pollLoop(ctx context.Context) error {
	side, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()
	for failures := 0; ; {
		most := s.room(ctx)
		s.reclaim(ctx)
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.fatal:
			return err
		default:
		}
		records, err := s.poll(ctx, most)
		s.restoreTimes(ctx)
		s.goBack()
		s.seeAlone(func(a *assignment, x *alone) { reading.Go(func() { s.readAlone(side, a, x) }) })
		s.polls.Add(1)
		s.work(ctx)
		switch {
		case errors.Is(err, kgo.ErrClientClosed):
			return nil
		case err == nil || records > 0:
			failures = 0
		default:
			// Some errors come with every poll and at once.
			failures++
			pause.For(ctx, min(time.Duration(failures)*50*time.Millisecond, time.Second))
		}
	}
}

// poll reads at most so many records.
func (s *Source) poll(ctx context.Context, most int) (records int, err error) {
	wait, cancel := context.WithTimeout(ctx, s.pollWait())
	defer cancel()
	s.gate.Polling(cancel)
	defer s.gate.RUnlock()
	fetches := s.client.PollRecords(wait, most)
	s.capped = fetches.NumRecords() >= most
	fetches.EachError(func(topic string, partition int32, e error) {
		switch {
		case errors.Is(e, context.DeadlineExceeded):
			s.empty.Add(1)
		case !errors.Is(e, context.Canceled):
			err = e
			s.fetchError(kafka.TopicPartition{Topic: topic, Partition: partition}, e)
		}
	})
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		a := s.assigned[kafka.TopicPartition{Topic: p.Topic, Partition: p.Partition}]
		if a == nil {
			s.unown(kafka.TopicPartition{Topic: p.Topic, Partition: p.Partition}) // revoked since; whoever owns it now reads it again
			return
		}
		if a.early {
			return // as it is from where it begins
		}
		if p.Err == nil { // else there is none with it
			a.highWatermark.Store(p.HighWatermark)
			a.fetched.Store(true)
		}
		follow := s.following(a, &p.FetchPartition)
		if len(follow) == 0 {
			return
		}
		records += len(follow)
		a.came()
		if !s.doubts(a, follow) {
			s.wait(a, follow)
		}
		if p.Err == nil {
			s.failing.Resolve(a.TopicPartition)
		}
	})
	return records, err
}

// leave drains and commits, before the member leaves the group. Once the time for that is over the committer is ended:
// where brokers are slow, its commits and the last one would wait for each other in turn. What is sent of them after
// that, the broker refuses from a member that is no more.
func (s *Source) leave(abort context.Context, endCommits func()) {
	drain, cancel := context.WithTimeout(abort, s.opts.DrainTimeout)
	defer cancel()
	defer context.AfterFunc(drain, endCommits)()
	leaving := s.release(func(kafka.TopicPartition) bool { return true })
	s.settle(drain, leaving)
	for _, a := range leaving {
		if n, _ := a.part.Held(); n > 0 {
			s.log.Warn("records were still in flight at the stop; the next owner of the partition reads them again",
				zap.Stringer("partition", a.TopicPartition), zap.Int64("records", n))
		}
	}
	s.forget(leaving)
}

func (s *Source) currentSharing() handover.Sharing {
	s.gate.RLock()
	defer s.gate.RUnlock()
	return s.sharing
}

// fail ends Run with an error.
func (s *Source) fail(err error) {
	select {
	case s.fatal <- err:
	default:
	}
}

// currentMember is the id as of the latest assignment.
func (s *Source) currentMember() string {
	s.gate.RLock()
	defer s.gate.RUnlock()
	return s.member
}

// Progress returns how often the poll loop and the committer have turned: both numbers grow as long
// as the source is alive.
func (s *Source) Progress() [2]uint64 { return [2]uint64{s.polls.Load(), s.commits.Ticks()} }

// Joined says whether this instance is a member of the group.
func (s *Source) Joined() bool { return s.joined.Load() }

// Made is when the source was made.
func (s *Source) Made() time.Time { return s.begun }

// Group is the consumer group.
func (s *Source) Group() string { return s.opts.Group }

// Metrics are the figures of the moment, for the partitions that are owned.
func (s *Source) Metrics() *watch.Collector {
	return &watch.Collector{Group: s.opts.Group, Held: s.holdings, Window: s.window}
}

func (s *Source) key() string { return "group " + s.opts.Group }

func (s *Source) describe(ctx context.Context, topics ...string) (kafka.Described, error) {
	return kafka.Describe(ctx, s.client, topics...)
}
