package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// figure is a measurement at the low end, where there is next to no load.
type figure struct {
	Name       string    `json:"name"`
	Title      string    `json:"title"`
	Contestant string    `json:"contestant"`
	Unit       string    `json:"unit"`
	Values     []float64 `json:"values"` // in ascending order
}

// quantile is the smallest value that at least so many of the values do not exceed.
func (f *figure) quantile(q float64) float64 {
	return f.Values[max(0, int(math.Ceil(q*float64(len(f.Values))))-1)]
}

// How much is measured at the low end.
type lowEnd struct {
	idle     time.Duration
	messages int // one a second
	starts   int
}

const idlePartitions = 100

// lowContestants take part.
var lowContestants = []string{"sluice", floorName}

// roundTrip is the endpoint's latency where latency is measured.
const roundTrip = 5 * time.Millisecond

// lowEnd measures what idling costs, how long a single message takes, and how soon the first is
// delivered.
func (b *bench) lowEnd(ctx context.Context, l lowEnd, ready map[string]*contestant) ([]*figure, error) {
	var all []*figure
	quiet := scenario{name: "idle", service: "sqs", rules: 10, destinations: 1, instances: 1, data: data{partitions: idlePartitions, keys: 1, compression: "none"}}
	for _, name := range lowContestants {
		if ready[name] == nil {
			continue
		}
		share, err := b.idle(ctx, quiet, ready[name], l.idle)
		if err != nil {
			return all, err
		}
		all = append(all, &figure{"idle", fmt.Sprintf("idle, %d partitions", idlePartitions), name, "% of a core", []float64{share}})
	}
	bridge := ready["sluice"]
	if bridge == nil {
		return all, nil
	}
	single := scenario{name: "latency", service: "sqs", rules: 10, destinations: 1, instances: 1, latency: roundTrip, data: data{partitions: 8, keys: 1000, bytes: 512, compression: "none"}}
	for _, linger := range []string{"", "0s"} {
		single.linger = linger
		times, err := b.latencies(ctx, single, bridge, l.messages)
		if err != nil {
			return all, err
		}
		all = append(all, &figure{"latency" + linger, latencyTitle(linger), bridge.name, "ms", times})
	}
	single.name, single.linger, single.latency = "start", "", 0
	fromJoined := &figure{"start", "group joined to first delivery", bridge.name, "ms", nil}
	fromStart := &figure{"start-process", "process start to first delivery", bridge.name, "ms", nil}
	for range l.starts {
		joined, whole, err := b.firstDelivery(ctx, single, bridge)
		if err != nil {
			return all, err
		}
		fromJoined.Values, fromStart.Values = append(fromJoined.Values, joined), append(fromStart.Values, whole)
	}
	slices.Sort(fromJoined.Values)
	slices.Sort(fromStart.Values)
	return append(all, fromJoined, fromStart), nil
}

func latencyTitle(linger string) string {
	return "produce to acknowledged at 1 message/s, " + cmp.Or(linger, "default") + " linger"
}

// alone starts a contestant and its endpoint on a topic of its own.
func (b *bench) alone(ctx context.Context, s scenario, c *contestant, watch func(n int)) (p *process, topic string, end func() error, err error) {
	b.runs++
	dir := filepath.Join(b.dir, fmt.Sprintf("run-%03d-%s-%s", b.runs, s.name, c.name))
	if err = os.MkdirAll(dir, 0o755); err != nil {
		return nil, "", nil, err
	}
	if topic, err = b.newTopic(ctx, s.data); err != nil {
		return nil, "", nil, err
	}
	s.data.records = max(s.data.records, 1000) // for the endpoint, where more are to come
	e, err := startEndpoint(s, dir, watch)
	if err != nil {
		return nil, "", nil, err
	}
	p, err = b.start(job{scenario: s, broker: b.broker, topic: topic, group: b.group(), endpoint: e.URL, targets: e.targets, dir: dir}, c, 0)
	if err != nil {
		e.close()
		return nil, "", nil, err
	}
	return p, topic, func() error {
		defer e.close()
		return p.stop()
	}, nil
}

// joined blocks until the bridge says that it is ready, or for a moment where there is nobody to
// ask.
func (b *bench) joined(ctx context.Context, p *process, c *contestant) error {
	if c.name != "sluice" {
		return sleep(ctx, 5*time.Second)
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.admin+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		if err := sleep(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("the group was not joined within a minute:\n%s", p.output())
}

// idle returns the share of a core, in per cent, that a contestant takes with nothing to do.
func (b *bench) idle(ctx context.Context, s scenario, c *contestant, span time.Duration) (share float64, err error) {
	p, _, end, err := b.alone(ctx, s, c, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = firstError(err, end()) }()
	if err := b.joined(ctx, p, c); err != nil {
		return 0, err
	}
	// The first seconds are not idle: offsets are looked up and first fetches sent.
	if err := sleep(ctx, 5*time.Second); err != nil {
		return 0, err
	}
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	if err := sleep(ctx, span); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return 100 * float64(after-before) / float64(span), err
}

// latencies returns, in ms and ascending order, how long single messages took from being produced
// to being accepted by the endpoint, which is a network round trip on loopback before the
// acknowledgement is read.
func (b *bench) latencies(ctx context.Context, s scenario, c *contestant, n int) (out []float64, err error) {
	arrived := make(chan time.Time, n)
	p, topic, end, err := b.alone(ctx, s, c, func(int) { arrived <- time.Now() })
	if err != nil {
		return nil, err
	}
	defer func() { err = firstError(err, end()) }()
	if err := b.joined(ctx, p, c); err != nil {
		return nil, err
	}
	cl, err := kgo.NewClient(kgo.SeedBrokers(b.broker), kgo.DefaultProduceTopic(topic), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(0))
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	for i := range n {
		if err := sleep(ctx, time.Second); err != nil {
			return nil, err
		}
		began := time.Now()
		cl.Produce(ctx, s.data.record(i), nil)
		select {
		case at := <-arrived:
			// The first message opens connections on both sides.
			if i > 0 {
				out = append(out, at.Sub(began).Seconds()*1e3)
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(stalled):
			return nil, fmt.Errorf("message %d did not arrive within %v:\n%s", i, stalled, p.output())
		}
	}
	slices.Sort(out)
	return out, nil
}

// firstDelivery returns, in ms, how long the first delivery takes from when the group is joined and
// from the start of the process.
func (b *bench) firstDelivery(ctx context.Context, s scenario, c *contestant) (fromJoined, fromStart float64, err error) {
	s.data.records = 1
	arrived := make(chan time.Time, 1)
	began := time.Now()
	p, _, end, err := b.alone(ctx, s, c, func(int) { arrived <- time.Now() })
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = firstError(err, end()) }()
	if err := b.joined(ctx, p, c); err != nil {
		return 0, 0, err
	}
	joined := time.Now()
	select {
	case at := <-arrived:
		return max(0, at.Sub(joined).Seconds()*1e3), at.Sub(began).Seconds() * 1e3, nil
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	case <-time.After(stalled):
		return 0, 0, fmt.Errorf("nothing arrived within %v:\n%s", stalled, p.output())
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
