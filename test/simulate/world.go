package simulate

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap/zapcore"

	"github.com/sluice-bridge/sluice/fake"
)

// world is everything around the members, and the members.
type world struct {
	ctx      context.Context
	cancel   context.CancelFunc
	tasks    sync.WaitGroup
	scenario *Scenario
	network  *network
	kafka    *fake.Kafka
	brokers  *brokers
	aws      *fake.AWS
	registry *registry
	topics   *topicIDs
	hearsay  hearsay
	admin    *kadm.Client
	producer *kgo.Client
	ledger   *ledger
	log      zapcore.WriteSyncer
	setup    Setup // of now
	members  []*member
	made     int // members ever
	resends  sync.WaitGroup
	redrives int // ever
	broken   []*breakage
	looked   time.Time
}

const harness = "harness"

func newWorld(ctx context.Context, sc *Scenario, log zapcore.WriteSyncer) (*world, error) {
	w := &world{scenario: sc, network: newNetwork(sc.Latency), ledger: newLedger(sc.Setup.clone()), log: log, setup: sc.Setup.clone(), hearsay: hearsay{heard: map[string]time.Time{}}}
	w.ctx, w.cancel = context.WithCancel(ctx)
	topics := map[string]int32{letterTopic: 1}
	for _, t := range sc.Topics {
		topics[t.Name] = t.Partitions
	}
	var err error
	quotas := &throttle{network: w.network}
	w.kafka, err = fake.StartKafka(fake.KafkaOptions{Topics: topics, Brokers: sc.Brokers, Extra: []kfake.Opt{
		kfake.ListenFn(quotas.Listen), kfake.BrokerConfigs(map[string]string{"message.max.bytes": strconv.Itoa(mostBatch)}),
	}})
	if err != nil {
		return nil, err
	}
	w.topics = newTopicIDs(w.kafka.Cluster)
	for name := range topics {
		w.topics.learn(name)
	}
	options := fake.Options{Listen: w.network.Listen}
	if sc.Signed {
		options.Keys = map[string]string{os.Getenv("AWS_ACCESS_KEY_ID"): os.Getenv("AWS_SECRET_ACCESS_KEY")}
	}
	if w.aws, err = fake.StartAWS(options); err != nil {
		return nil, err
	}
	if err := os.Setenv("AWS_ENDPOINT_URL_STS", w.aws.URL); err != nil { // no configuration names it
		return nil, err
	}
	if w.registry, err = startRegistry(w.network); err != nil {
		return nil, err
	}
	for _, name := range sc.Queues {
		if err := w.watchPlace(name); err != nil {
			return nil, err
		}
	}
	w.brokers = newBrokers(w, quotas)
	w.producer, err = kgo.NewClient(append(w.client(), writing...)...)
	if err != nil {
		return nil, err
	}
	w.admin = kadm.NewClient(w.producer)
	if _, _, err := w.producer.ProducerID(w.ctx); err != nil { // before anybody is refused one
		return nil, err
	}
	w.watchCommits()
	w.watchMembers()
	w.correctKafka()
	return w, w.watchLetters()
}

// client are the options of the scenario's own clients. Brokers are not to refuse what they ask: it shows in
// their requests (notOfHarness).
func (w *world) client() []kgo.Opt {
	return []kgo.Opt{
		kgo.SeedBrokers(w.brokers.seeds()...), kgo.Dialer(w.network.Dialer(harness)), kgo.AllowAutoTopicCreation(), kgo.SoftwareNameAndVersion(harness, "1"),
		kgo.AlwaysRetryEOF(), kgo.MetadataMinAge(100 * time.Millisecond),
	}
}

// watchPlace makes a queue or topic and has the ledger told of what it accepts.
func (w *world) watchPlace(name string) error {
	fifo := strings.HasSuffix(name, ".fifo")
	tap := func(m fake.Message) {
		if m.Attributes["dead_letter_reason"].String != "" {
			w.ledger.buried(readLetter(m))
			return
		}
		w.ledger.arrived(name, m, fifo)
	}
	attributes := map[string]string{}
	if size := w.scenario.Sizes[name]; size > 0 {
		attributes["MaximumMessageSize"] = strconv.Itoa(size)
	}
	w.ledger.limits[name] = w.scenario.limit(name)
	if strings.HasPrefix(name, "t") {
		t, err := w.aws.CreateTopic(name, fake.TopicOptions{Retain: fake.CountOnly, Attributes: attributes})
		if err != nil {
			return err
		}
		t.Tap(tap)
		return nil
	}
	q, err := w.aws.CreateQueue(name, fake.QueueOptions{Retain: fake.CountOnly, Attributes: attributes})
	if err != nil {
		return err
	}
	q.Tap(tap)
	return nil
}

// watchLetters reads the topic of dead letters.
func (w *world) watchLetters() error {
	client, err := kgo.NewClient(append(w.client(),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{letterTopic: {0: kgo.NewOffset().AtStart()}}))...)
	if err != nil {
		return err
	}
	w.tasks.Go(func() {
		defer client.Close()
		for w.ctx.Err() == nil {
			client.PollFetches(w.ctx).EachRecord(func(r *kgo.Record) { w.ledger.buried(readLetterRecord(r)) })
		}
	})
	return nil
}

// watchCommits has the ledger judge each offset that a group commits.
func (w *world) watchCommits() {
	c := w.kafka.Cluster
	c.ControlKey(int16(kmsg.OffsetCommit), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		q := r.(*kmsg.OffsetCommitRequest)
		for _, t := range q.Topics {
			topic := w.topics.name(t.Topic, t.TopicID)
			if topic == "" || topic == letterTopic {
				continue // it is refused, as the topic is no more; or it is of a redrive
			}
			for _, p := range t.Partitions {
				if p.Metadata != nil && w.topics.earlier(topic, *p.Metadata) {
					continue
				}
				w.ledger.committed(q.Group, q.MemberID, partition{topic, p.Partition}, p.Offset, p.LeaderEpoch)
			}
		}
		return nil, nil, false
	})
	c.ControlKey(int16(kmsg.OffsetFetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		q := r.(*kmsg.OffsetFetchRequest)
		for _, t := range q.Topics {
			for _, p := range t.Partitions {
				w.fetched(claim{q.Group, w.topics.name(t.Topic, [16]byte{}), p})
			}
		}
		for _, g := range q.Groups {
			for _, t := range g.Topics {
				for _, p := range t.Partitions {
					w.fetched(claim{g.Group, w.topics.name(t.Topic, t.TopicID), p})
				}
			}
		}
		return nil, nil, false
	})
}

// fetched tells the ledger where a group is told that it has stopped: what it has committed may have been refused.
func (w *world) fetched(c claim) {
	var from int64
	var begun bool
	if info := w.kafka.Cluster.GroupInfo(c.group); info != nil {
		if is, ok := info.Commits[c.topic][c.partition]; ok && !w.topics.earlier(c.topic, is.Metadata) {
			from, begun = is.Offset, true
		}
	}
	w.ledger.fetched(c, from, begun)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// close ends the world, members first.
func (w *world) close() {
	w.cancel()
	w.tasks.Wait()
	w.producer.Close()
	w.kafka.Close()
	_ = w.aws.Close()
	w.registry.close()
}
