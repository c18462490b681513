package consumer

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
)

// timeLookup reads records a second time where the client does not tell their times. Of the poll loop.
type timeLookup struct {
	connection kafka.Connection
	most       int64 // bytes that a batch unpacks to: those that the client has read do not come to more
	log        *zap.Logger
	peeks      map[string]*reader.Reader // by topic, with one client
	told       map[string]bool           // of topics, that they have strange times
	client     *kgo.Client               // nil before the first
	doubted    []doubted                 // of the latest poll
	ahead      map[*assignment]*stamps
	resumes    time.Time // when it looks up again, after brokers have not answered
}

// doubted are records that were polled, some of which may not have the times that they say.
type doubted struct {
	of      *assignment
	records []*kgo.Record
}

func newTimeLookup(c kafka.Connection, most int64, log *zap.Logger) *timeLookup {
	return &timeLookup{connection: c, most: most, log: log, peeks: map[string]*reader.Reader{}, told: map[string]bool{}, ahead: map[*assignment]*stamps{}}
}

const (
	// lookUpTimes bounds what is looked up for one poll. A time that is not known by then is left out.
	lookUpTimes = 5 * time.Second
	// lookUpRest is how much longer than a look-up has taken in vain nothing is looked up: nothing is read meanwhile
	// of any partition, and where a broker is slow the next one is in vain as well. Not after one that was short.
	lookUpRest = 4
)

// doubts keeps polled records for restoreTimes where their times, or those of the partition's records before
// them, may not be what they say. Called with the gate read-locked.
func (l *timeLookup) doubts(a *assignment, records []*kgo.Record) bool {
	behind := slices.ContainsFunc(l.doubted, func(d doubted) bool { return d.of == a })
	if !behind && !slices.ContainsFunc(records, reader.Doubtful) {
		return false
	}
	l.doubted = append(l.doubted, doubted{a, records})
	return true
}

// restoreTimes has the records wait for their turn that the latest poll has left for it, with the times that
// they say. The gate is free while these are looked up: a rebalance does not wait for that, and what it takes
// away is dropped. So is everything when ctx ends: it is not taken any more.
func (s *Source) restoreTimes(ctx context.Context) {
	if len(s.times.doubted) == 0 {
		return
	}
	look, cancel := context.WithTimeout(ctx, lookUpTimes)
	defer cancel()
	for _, d := range s.times.doubted {
		s.times.restore(look, d.of, d.records)
		if ctx.Err() != nil {
			break
		}
		s.gate.RLock()
		if s.assigned[d.of.TopicPartition] == d.of {
			s.wait(d.of, d.records)
		}
		s.gate.RUnlock()
		s.polls.Add(1)
	}
	s.times.doubted = nil
}

// restore gives what was read of a partition the times that its records say, as far as they are known before ctx
// ends. One that cannot be told is zero.
func (l *timeLookup) restore(ctx context.Context, a *assignment, records []*kgo.Record) {
	var lost []*kgo.Record
	for _, r := range records {
		if reader.Doubtful(r) {
			lost = append(lost, r)
		}
	}
	if len(lost) == 0 {
		return
	}
	found, err := l.of(ctx, a, lost)
	if errors.Is(ctx.Err(), context.Canceled) {
		return // nobody takes them
	}
	far := false
	for _, r := range lost {
		r.Timestamp = found.at[r.Offset].time // or zero
		far = far || r.Timestamp.After(reader.Year2100)
	}
	if err != nil {
		l.log.Warn("timestamps cannot be looked up, and are left out", zap.Stringer("partition", a.TopicPartition), zap.Error(err))
	}
	if far && !l.told[a.Topic] {
		l.told[a.Topic] = true
		l.log.Warn("records have timestamps beyond the year 2100: the producer may count in micro- or nanoseconds; the numbers are passed on as they are, but cost a fetch of their own",
			zap.Stringer("partition", a.TopicPartition))
	}
}

// stamps are the times of the records of a partition between two offsets.
type stamps struct {
	first, end int64
	at         map[int64]recordStamp
}

// recordStamp is the time of a record, with the epoch of the leader that wrote it: another record at its offset is of
// another epoch (KIP-101).
type recordStamp struct {
	time  time.Time
	epoch int32
}

// tell says whether all of the records are among them.
func (s *stamps) tell(records []*kgo.Record) bool {
	return !slices.ContainsFunc(records, func(r *kgo.Record) bool {
		return r.Offset < s.first || r.Offset >= s.end || s.at[r.Offset].epoch != r.LeaderEpoch
	})
}

// mostAhead is of how many records the times are read ahead, in all partitions: some MiB.
const mostAhead = 1 << 15

// of returns the times of records, as far as they were read before an error, or none while it rests. It reads ahead of those that go on from
// the last ones: a batch is fetched and unpacked whole, however few of its records are asked for.
func (l *timeLookup) of(ctx context.Context, a *assignment, records []*kgo.Record) (*stamps, error) {
	first, end := records[0].Offset, records[len(records)-1].Offset+1
	until := end
	if before := l.ahead[a]; before != nil {
		if before.tell(records) {
			return before, nil
		}
		if first <= before.end {
			until += min(2*(before.end-before.first), mostAhead/2)
		}
	}
	began := time.Now()
	if began.Before(l.resumes) {
		return &stamps{}, nil
	}
	until = max(end, min(until, a.highWatermark.Load()))
	found, err := l.read(ctx, a.TopicPartition, reader.Range{Partition: a.Partition, First: first, End: until})
	delete(l.ahead, a)
	if err != nil {
		told := func(r *kgo.Record) bool { return !found.at[r.Offset].time.IsZero() }
		if took := time.Since(began); took >= pollTurn && !slices.ContainsFunc(records, told) {
			l.resumes = began.Add(took + lookUpRest*took)
		}
		return found, err
	}
	held := len(found.at)
	for _, s := range l.ahead {
		held += len(s.at)
	}
	if held > mostAhead {
		clear(l.ahead)
	}
	l.ahead[a] = found
	return found, nil
}

// read returns the times of a range; with an error those that were read before it.
func (l *timeLookup) read(ctx context.Context, at kafka.TopicPartition, part reader.Range) (*stamps, error) {
	found := &stamps{first: part.First, end: part.End, at: map[int64]recordStamp{}}
	peek, err := l.peek(ctx, at)
	if err != nil {
		return found, err
	}
	for r, err := range peek.Read(ctx, []reader.Range{part}) {
		if err != nil {
			return found, err
		}
		found.at[r.Offset] = recordStamp{r.Timestamp, r.LeaderEpoch}
	}
	return found, nil
}

// peek returns what reads a topic.
func (l *timeLookup) peek(ctx context.Context, at kafka.TopicPartition) (*reader.Reader, error) {
	if p := l.peeks[at.Topic]; p != nil {
		return p, nil
	}
	o := reader.Options{Connection: l.connection, Topic: at.Topic, ReadUncommitted: true, MostUnpacked: l.most, Timeout: lookUpTimes / 2}
	if l.client == nil {
		client, err := o.Connection.Probe(o.Timeout)
		if err != nil {
			return nil, err
		}
		l.client = client
	}
	p := reader.New(o, l.client)
	if err := p.Locate(ctx); err != nil {
		return nil, err
	}
	l.peeks[at.Topic] = p
	return p, nil
}

func (l *timeLookup) close() {
	if l.client != nil {
		l.client.Close()
	}
}
