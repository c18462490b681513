package reader

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Times reads records a second time where the client does not tell their times. It is not safe for concurrent use.
type Times struct {
	connection kafka.Connection
	most       int64 // bytes that a batch unpacks to: those that the client has read do not come to more
	log        *zap.Logger
	readers    map[string]*Reader // by topic, with one client
	told       map[string]bool    // of topics, that they have strange times
	client     *kgo.Client        // nil before the first
	line       context.Context    // the client's
	hangUp     context.CancelFunc // ends it
	ahead      map[*offsets.Tracker]*stamps
	resumes    time.Time // when it looks up again, after brokers have not answered
}

// NewTimes makes no request. No batch unpacks to more than so many bytes.
func NewTimes(c kafka.Connection, most int64, log *zap.Logger) *Times {
	line, hangUp := context.WithCancel(context.Background())
	return &Times{connection: c, most: most, log: log, readers: map[string]*Reader{}, told: map[string]bool{}, line: line, hangUp: hangUp,
		ahead: map[*offsets.Tracker]*stamps{}}
}

const (
	// LookUpTimes bounds what is looked up for one poll. A time that is not known by then is left out.
	LookUpTimes = 5 * time.Second
	// lookUpRest is how much longer than a look-up has taken in vain nothing is looked up: nothing is read meanwhile
	// of any partition, and where a broker is slow the next one is in vain as well. Not after one that was short.
	lookUpRest = 4
	// lookUpLong is how long a look-up in vain takes that is not tried again at once.
	lookUpLong = 250 * time.Millisecond
)

// Doubtful says whether some of the records may not have the times that they say.
func (t *Times) Doubtful(records []*kgo.Record) bool { return slices.ContainsFunc(records, doubtful) }

// Restore gives what was read of a partition, whose log goes up to end, the times that its records say, as far as they are
// known before ctx ends. One that cannot be told is zero. Where ctx is canceled nothing is restored any more.
func (t *Times) Restore(ctx context.Context, part *offsets.Tracker, end int64, records []*kgo.Record) {
	var lost []*kgo.Record
	for _, r := range records {
		if doubtful(r) {
			lost = append(lost, r)
		}
	}
	if len(lost) == 0 {
		return
	}
	// The client greets a broker whatever becomes of what is asked.
	defer context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			t.hangUp()
		}
	})()
	found, err := t.of(ctx, part, end, lost)
	if errors.Is(ctx.Err(), context.Canceled) {
		return // nobody takes them
	}
	far := false
	at := kafka.TopicPartition{Topic: part.Topic, Partition: part.ID}
	for _, r := range lost {
		r.Timestamp = found.at[r.Offset].time // or zero
		far = far || r.Timestamp.After(year2100)
	}
	if err != nil {
		t.log.Warn("timestamps cannot be looked up, and are left out", zap.Stringer("partition", at), zap.Error(err))
	}
	if far && !t.told[part.Topic] {
		t.told[part.Topic] = true
		t.log.Warn("records have timestamps beyond the year 2100: the producer may count in micro- or nanoseconds; the numbers are passed on as they are, but cost a fetch of their own",
			zap.Stringer("partition", at))
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
func (t *Times) of(ctx context.Context, part *offsets.Tracker, logEnd int64, records []*kgo.Record) (*stamps, error) {
	first, end := records[0].Offset, records[len(records)-1].Offset+1
	until := end
	if before := t.ahead[part]; before != nil {
		if before.tell(records) {
			return before, nil
		}
		if first <= before.end {
			until += min(2*(before.end-before.first), mostAhead/2)
		}
	}
	began := time.Now()
	if began.Before(t.resumes) {
		return &stamps{}, nil
	}
	until = max(end, min(until, logEnd))
	found, err := t.read(ctx, part.Topic, Range{Partition: part.ID, First: first, End: until})
	delete(t.ahead, part)
	if err != nil {
		told := func(r *kgo.Record) bool { return !found.at[r.Offset].time.IsZero() }
		if took := time.Since(began); took >= lookUpLong && !slices.ContainsFunc(records, told) {
			t.resumes = began.Add(took + lookUpRest*took)
		}
		return found, err
	}
	held := len(found.at)
	for _, s := range t.ahead {
		held += len(s.at)
	}
	if held > mostAhead {
		clear(t.ahead)
	}
	t.ahead[part] = found
	return found, nil
}

// read returns the times of a range; with an error those that were read before it.
func (t *Times) read(ctx context.Context, topic string, part Range) (*stamps, error) {
	found := &stamps{first: part.First, end: part.End, at: map[int64]recordStamp{}}
	r, err := t.reader(ctx, topic)
	if err != nil {
		return found, err
	}
	for record, err := range r.Read(ctx, []Range{part}) {
		if err != nil {
			return found, err
		}
		found.at[record.Offset] = recordStamp{record.Timestamp, record.LeaderEpoch}
	}
	return found, nil
}

// reader returns what reads a topic.
func (t *Times) reader(ctx context.Context, topic string) (*Reader, error) {
	if p := t.readers[topic]; p != nil {
		return p, nil
	}
	o := Options{Connection: t.connection, Topic: topic, ReadUncommitted: true, MostUnpacked: t.most, Timeout: LookUpTimes / 2}
	if t.client == nil {
		client, err := o.Connection.Probe(o.Timeout, kgo.WithContext(t.line))
		if err != nil {
			return nil, err
		}
		t.client = client
	}
	p := New(o, t.client)
	if err := p.Locate(ctx); err != nil {
		return nil, err
	}
	t.readers[topic] = p
	return p, nil
}

// Close ends the connections.
func (t *Times) Close() {
	t.hangUp()
	if t.client != nil {
		t.client.Close()
	}
}
