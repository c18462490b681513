package fault

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/test/parts"
)

// World is everything around the bridge in one run of a schedule.
type World struct {
	ctx    context.Context
	began  time.Time
	rng    *rand.Rand // of the schedule
	events *rand.Rand // of the feed
	dir    string
	binary string

	kafka  *parts.Server
	joined []*parts.Server // more brokers, of this run alone
	client *kgo.Client
	admin  *kadm.Client
	aws    *fake.AWS

	topic, group string
	marks        []string // of the topics that had the name, as commits carry them
	ledger       *ledger
	feed         *feed
	crowd        *crowd // nil where the settings want none
	side         *side  // nil: none
	watch        *watch
	setting      settings
	instances    []*instance
	made         int // instances so far
	poison       *fake.Handle

	mu      sync.Mutex
	allowed []func() int // duplicates, by what has happened
}

const partitions = 6

func newWorld(ctx context.Context, env Env, name string, seed uint64) (w *World, err error) {
	w = &World{
		ctx: ctx, began: time.Now(), rng: rand.New(rand.NewPCG(seed, 1)), events: rand.New(rand.NewPCG(seed, 2)), binary: env.Binary, kafka: env.Kafka,
		dir: filepath.Join(env.Dir, fmt.Sprintf("%s-%d", name, seed)), ledger: newLedger(), setting: defaults,
	}
	w.topic = fmt.Sprintf("%s-%d-%x", name, seed, time.Now().UnixNano())
	w.group = w.topic + "-bridge"
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.aws, err = fake.StartAWS(fake.Options{
		Queues: farEnds[:], Topics: []string{"alerts", "audit.fifo"},
		Retain: fake.CountOnly, Keys: map[string]string{"AKIAEXAMPLE": "secret"},
	}); err != nil {
		return w, err
	}
	for topic, queue := range map[string]string{"alerts": "alerts-sub", "audit.fifo": "audit-sub.fifo"} {
		if _, err = w.aws.Subscribe(w.aws.Topic(topic), w.aws.Queue(queue), true); err != nil {
			return w, err
		}
	}
	for d, queue := range farEnds {
		w.aws.Queue(queue).Tap(func(m fake.Message) { w.ledger.arrived(d, m.Body) })
	}
	if w.client, err = kgo.NewClient(kgo.SeedBrokers(w.kafka.Addr), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MetadataMinAge(100*time.Millisecond)); err != nil {
		return w, err
	}
	w.admin = kadm.NewClient(w.client)
	if err = w.createTopic(); err != nil {
		return w, err
	}
	// The broker's time of a letter is when the record was settled by it.
	appended := "LogAppendTime"
	if _, err = w.admin.CreateTopic(ctx, 1, 1, map[string]*string{"message.timestamp.type": &appended}, w.letters()); err != nil {
		return w, err
	}
	if w.watch, err = newWatch(w); err != nil {
		return w, err
	}
	w.feed = newFeed(w)
	w.poison = w.inject(payments, fake.Fault{When: poisonous, Effect: fake.FailEntry("InvalidMessageContents", true)})
	return w, nil
}

// createTopic makes the topic, and notes the mark that commits of it carry.
func (w *World) createTopic() error {
	made, err := w.admin.CreateTopic(w.ctx, partitions, 1, nil, w.topic)
	if err != nil {
		return err
	}
	cluster, err := w.admin.BrokerMetadata(w.ctx)
	if err != nil {
		return err
	}
	w.marks = append(w.marks, offsets.NewTopicIdentity(cluster.Cluster, w.topic, made.ID).Fingerprint())
	return nil
}

func (w *World) letters() string { return w.group + ".dead-letter" }

// close ends everything but the broker that runs share.
func (w *World) close() {
	for _, i := range w.instances {
		i.Kill()
	}
	if w.feed != nil {
		w.feed.stop()
	}
	if w.watch != nil {
		w.watch.stop()
	}
	if w.side != nil {
		w.side.registry.Close()
	}
	if w.aws != nil {
		_ = w.aws.Close() // nothing is kept there
	}
	if w.client != nil {
		w.client.Close()
	}
	for _, broker := range w.joined {
		_ = broker.Stop() // its data goes
	}
	_ = os.RemoveAll(w.dir) // or it goes with Env.Dir
}

// allow takes duplicates at standard destinations for explained.
func (w *World) allow(n func() int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allowed = append(w.allowed, n)
}

func (w *World) allowance() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, f := range w.allowed {
		n += f()
	}
	return n
}

// commitTrips is more than two round trips of a commit take on a machine that does much besides.
const commitTrips = 200 * time.Millisecond

// allowCrash allows what a member that ends without a word may cause: what is in flight, which the limit
// bounds, and of what was acknowledged within the last commit interval what is worth a commit and what
// arrived while commits were under way.
func (w *World) allowCrash() {
	now := time.Now()
	uncommitted := standards*offsets.WorthCommit + w.ledger.since(now.Add(-commitTrips))
	n := standards*w.setting.inFlight + min(uncommitted, w.ledger.since(now.Add(-w.setting.commitInterval)))
	w.allow(func() int { return n })
}

// until waits for a condition, which the schedule cannot go on without.
func (w *World) until(what string, cond func() bool) error {
	deadline := time.Now().Add(patience)
	for !cond() {
		select {
		case <-w.ctx.Done():
			return w.ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if err := w.ended(); err != nil {
			return err
		}
		if err := w.fed(); err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("waiting for %s took longer than %v", what, patience)
		}
	}
	return nil
}

// patience is how long anything may take without being a fault of its own.
const patience = 90 * time.Second

// progress waits until so many more messages have arrived: a half to three halves of n, by the seed.
func (w *World) progress(n int) error {
	n = n/2 + w.rng.IntN(n)
	from := w.arrivals()
	return w.until(fmt.Sprintf("%d deliveries", n), func() bool { return w.arrivals()-from >= n })
}

// arrivals is how many messages there have been at the far ends.
func (w *World) arrivals() int {
	n := 0
	for _, queue := range farEnds {
		n += w.aws.Queue(queue).Count()
	}
	return n
}

// settled waits until everything that was produced has arrived.
func (w *World) settled() error {
	return w.until("everything to arrive", func() bool { _, owed := w.ledger.state(); return owed == 0 && w.feed.acknowledged() })
}

// fed returns an error where events could not be produced.
func (w *World) fed() error {
	if w.feed == nil {
		return nil
	}
	return w.feed.err()
}
