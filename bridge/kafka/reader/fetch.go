package reader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/sync/errgroup"

	"github.com/sluice-bridge/sluice/bridge/kafka/unpack"
	"github.com/sluice-bridge/sluice/internal/pause"
)

// reading is how far one partition is read.
type reading struct {
	partition int32
	next, end int64         // offsets: the next to ask for, and the one to stop before
	records   []*kgo.Record // read and not yet taken
	err       error         // of the last attempt, where another may help
}

// wants says whether more is to be read before something can be taken.
func (r *reading) wants() bool { return len(r.records) == 0 && r.next < r.end }

// emptyWait is how long a broker may hold back an answer that would be empty.
const emptyWait = 250 * time.Millisecond

// fill reads until each has a record or is at its end. What the brokers may get over is tried
// again, for as long as the timeout allows without any progress.
func (p *Reader) fill(ctx context.Context, all []*reading) error {
	last := time.Now()
	for {
		var left []*reading
		for _, r := range all {
			if r.wants() {
				left = append(left, r)
			}
		}
		if len(left) == 0 {
			return nil
		}
		wait, cancel := context.WithDeadline(ctx, last.Add(p.opts.Timeout))
		moved, err := p.round(wait, left)
		cancel()
		switch {
		case err != nil && ctx.Err() == nil:
			return err
		case moved:
			last = time.Now()
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Since(last) >= p.opts.Timeout:
			return p.silence(left)
		}
	}
}

// silence says why nothing came.
func (p *Reader) silence(left []*reading) error {
	for _, r := range left {
		if r.err != nil && !errors.Is(r.err, context.DeadlineExceeded) {
			return fmt.Errorf("reading %s/%d: %w", p.opts.Topic, r.partition, r.err)
		}
	}
	return fmt.Errorf("reading %s/%d: %w", p.opts.Topic, left[0].partition, context.DeadlineExceeded)
}

// round asks the leader of each partition once, and reports whether anything moved. An error is
// one that trying again does not help.
func (p *Reader) round(ctx context.Context, left []*reading) (moved bool, err error) {
	byLeader := map[int32][]*reading{}
	before := make([]int64, len(left))
	for i, r := range left {
		before[i] = r.next
		r.err = nil
		byLeader[p.leaders[r.partition]] = append(byLeader[p.leaders[r.partition]], r)
	}
	var asked errgroup.Group
	for leader, readings := range byLeader {
		asked.Go(func() error { return p.ask(ctx, leader, readings) }) // ends soon after ctx
	}
	if err := asked.Wait(); err != nil {
		return false, err
	}
	astray := false
	for i, r := range left {
		moved = moved || r.next > before[i] || r.next >= r.end
		astray = astray || r.err != nil
	}
	if astray {
		p.find(ctx, left)
	}
	return moved, nil
}

// ask sends one fetch to a broker and hands out what comes.
func (p *Reader) ask(ctx context.Context, leader int32, readings []*reading) error {
	byPartition := make(map[int32]*reading, len(readings))
	for _, r := range readings {
		byPartition[r.partition] = r
	}
	resp, err := p.request(ctx, leader, readings, cmp.Or(p.opts.FetchBytes, 1<<20))
	if err != nil {
		for _, r := range readings {
			r.err = err
		}
		return nil
	}
	for i := range resp.Topics {
		for j := range resp.Topics[i].Partitions {
			rp := &resp.Topics[i].Partitions[j]
			if r := byPartition[rp.Partition]; r != nil {
				if err := p.take(r, rp); err != nil {
					return fmt.Errorf("reading %s/%d: %w", p.opts.Topic, r.partition, err)
				}
			}
		}
	}
	return nil
}

// request sends one fetch of so many bytes of each partition.
func (p *Reader) request(ctx context.Context, leader int32, readings []*reading, bytes int32) (*kmsg.FetchResponse, error) {
	t := kmsg.NewFetchRequestTopic()
	t.Topic, t.TopicID = p.opts.Topic, p.topicID
	for _, r := range readings {
		q := kmsg.NewFetchRequestTopicPartition()
		q.Partition, q.FetchOffset, q.PartitionMaxBytes = r.partition, r.next, bytes
		t.Partitions = append(t.Partitions, q)
	}
	req := kmsg.NewPtrFetchRequest()
	req.MaxWaitMillis, req.MinBytes, req.MaxBytes = int32(emptyWait.Milliseconds()), 1, 16<<20 //nolint:gosec // a constant
	req.SessionEpoch = -1                                                                      // no session: each request stands alone
	if !p.opts.ReadUncommitted {
		req.IsolationLevel = 1
	}
	req.Topics = append(req.Topics, t)
	answer, err := p.client.Broker(int(leader)).RetriableRequest(ctx, req)
	resp, ok := answer.(*kmsg.FetchResponse)
	if err == nil && !ok {
		err = fmt.Errorf("the broker answers with %T", answer)
	}
	if err == nil {
		err = kerr.ErrorForCode(resp.ErrorCode)
	}
	return resp, err
}

// take unpacks what came of a partition.
func (p *Reader) take(r *reading, rp *kmsg.FetchResponseTopicPartition) error {
	fetched, next := kgo.ProcessFetchPartition(p.processing(r.partition, r.next), rp, &unpack.Bounded{Most: p.opts.MostUnpacked}, nil)
	if errors.Is(fetched.Err, unpack.ErrNoRoom) {
		fetched.Err = nil // the next round begins there
	}
	var brokers *kerr.Error
	if stands := len(rp.RecordBatches) > 0 && next == r.next; stands || fetched.Err != nil && !errors.As(fetched.Err, &brokers) {
		if _, err := p.unpackBatch(rp, r.next); err != nil && len(fetched.Records) == 0 {
			return err
		}
	}
	if err := fetched.Err; err != nil && len(fetched.Records) == 0 {
		if !errors.Is(err, kerr.OffsetOutOfRange) && !kerr.IsRetriable(err) {
			return err
		}
		r.err = err
		return nil
	}
	restoreTimes(fetched.Records, rp.RecordBatches, unpack.AtMost(p.opts.MostUnpacked))
	r.next = next
	for _, record := range fetched.Records {
		if record.Offset < r.end {
			r.records = append(r.records, record)
		}
	}
	return nil
}

// find looks up anew where partitions are led, and where they begin and end: retention may have
// passed by what is being read. Where it cannot be told now, the next round tries again.
func (p *Reader) find(ctx context.Context, left []*reading) {
	if !pause.For(ctx, emptyWait) || p.Locate(ctx) != nil {
		return
	}
	now, err := p.list(ctx)
	if err != nil {
		return
	}
	for _, r := range left {
		if b, ok := now[r.partition]; ok && errors.Is(r.err, kerr.OffsetOutOfRange) {
			r.next, r.end = max(r.next, b.First), min(r.end, b.End)
		}
	}
}
