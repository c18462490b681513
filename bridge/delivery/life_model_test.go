package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/memory"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// The model of a bridge: partitions are logs that are read, revoked, lost and read again from what
// was committed, and lanes of each kind send to destinations that fail in each way. It knows what
// was accepted or became a dead letter, and from that alone what marks and window have to be.

// modelRecord is a record of a log.
type modelRecord struct {
	offset int64
	value  []byte
	group  string
	lanes  []int // it goes to; none for a dropped one
	fault  fault
	times  int // that the fault happens to a destination
}

// fault is what a destination does to a request with a record in it.
type fault int

const (
	noFault fault = iota
	entryTransient
	entryPoison
	callTransient
	callThrottled
	callUnknown
	callConfiguration
	callRefused
	callCredentials
	callPoison
	faults
)

var faultClasses = [faults]sink.Class{0, sink.Transient, sink.Poison, sink.Transient, sink.Throttled, sink.Unknown, sink.Configuration, sink.Configuration, sink.Credentials, sink.Poison}

// modelAssignment is an assignment of a partition, and what came of the records that it read.
type modelAssignment struct {
	part  *offsets.Tracker
	begin int64
	read  []*modelRecord
	ends  []map[int]int    // by record and lane: how often its delivery was accepted or dead-lettered
	mark  offsets.Position // at its end
}

// modelLane is a destination, and the lanes to it: one, and those that a reload has retired.
type modelLane struct {
	kind  func(*LaneOptions)
	far   *bridgetest.Sink
	lanes []*Lane
	hits  map[string]int      // by record: how often its fault happened
	order map[string][]string // by partition and group: values accepted for the first time
	seen  map[string]bool
}

type lifeModel struct {
	r           *rig
	mu          sync.Mutex // guards what follows: destinations answer whenever they like
	logs        [2][]*modelRecord
	next        [2]int // index of the record to read next
	committed   [2]int64
	assignments []*modelAssignment
	current     [2]*modelAssignment
	lanes       [3]*modelLane
	healed      bool
	wrong       []string
}

func (m *lifeModel) fail(format string, args ...any) {
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

func newLifeModel(t *testing.T, refusals int) *lifeModel {
	m := &lifeModel{r: newRig(t, &bridgetest.Sink{})}
	m.r.writer.Fail = func(n int) error {
		if n <= refusals {
			return errors.New("refused")
		}
		return nil
	}
	for i, kind := range []func(*LaneOptions){func(*LaneOptions) {}, fifo, batched} {
		l := &modelLane{kind: kind, hits: map[string]int{}, order: map[string][]string{}, seen: map[string]bool{}}
		l.far = &bridgetest.Sink{Latency: 30 * time.Millisecond, Limits: m.r.far.Limits}
		l.far.Answer = func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
			return m.answer(i, batch, results)
		}
		m.lanes[i] = l
		m.reload(i)
	}
	for p := range m.logs {
		m.assign(p)
	}
	return m
}

// reload replaces the lane to a destination, as a reload does.
func (m *lifeModel) reload(i int) {
	l := m.lanes[i]
	var after []<-chan struct{}
	if n := len(l.lanes); n > 0 {
		after = append(after, l.lanes[n-1].Retire())
	}
	l.lanes = append(l.lanes, m.r.newLane(l.far, l.kind, concurrent(8), func(o *LaneOptions) {
		o.After = after
		o.Destination.Name = fmt.Sprint(i)
		o.Retry.Max = 5 * time.Second
	}))
}

// answer is what a destination does with a request.
func (m *lifeModel) answer(lane int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.lanes[lane]
	for i, msg := range batch {
		rec := m.record(string(msg.Body))
		f := rec.fault
		if f == entryTransient && lane == 2 {
			f = callTransient // what AWS does to the order of a batched group then is not repaired
		}
		poison := f == entryPoison || f == callPoison
		if f == noFault || !poison && (m.healed || l.hits[string(msg.Body)] >= rec.times) {
			continue
		}
		l.hits[string(msg.Body)]++
		failure := &sink.Failure{Class: faultClasses[f], Ambiguous: f == callRefused, Code: "scripted"}
		if f >= callTransient {
			return failure
		}
		results[i] = failure
	}
	for i, msg := range batch {
		if results[i] == nil {
			m.ended(msg.TraceHeader, lane, string(msg.Body))
			l.accepted(m.record(string(msg.Body)))
		}
	}
	return nil
}

// accepted notes the order in which a FIFO queue would keep what arrives.
func (l *modelLane) accepted(rec *modelRecord) {
	if v := string(rec.value); !l.seen[v] {
		l.seen[v] = true
		key := v[:2] + rec.group
		if before := l.order[key]; len(before) > 0 && before[len(before)-1] >= v {
			v += " too late"
		}
		l.order[key] = append(l.order[key], v)
	}
}

// record finds a record by its value, "partition:offset".
func (m *lifeModel) record(value string) *modelRecord {
	for _, rec := range m.logs[value[0]-'0'] {
		if string(rec.value) == value {
			return rec
		}
	}
	return nil
}

// ended notes the end of a delivery, by the number of its assignment.
func (m *lifeModel) ended(assignment string, lane int, value string) {
	var n int
	if _, err := fmt.Sscan(assignment, &n); err != nil {
		m.fail("assignment %q", assignment)
		return
	}
	a := m.assignments[n]
	i := slices.IndexFunc(a.read, func(r *modelRecord) bool { return string(r.value) == value })
	if a.ends[i][lane]++; a.ends[i][lane] > 1 {
		m.fail("%s ended %d times for destination %d", value, a.ends[i][lane], lane)
	}
}

func (m *lifeModel) assign(p int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current[p] != nil {
		return
	}
	a := &modelAssignment{part: offsets.NewTracker("t", int32(p), m.r.part.Origin, m.r.window), begin: m.committed[p]}
	a.part.Begin(offsets.Position{Offset: a.begin, Epoch: -1}, progress.Progress{})
	m.current[p] = a
	m.assignments = append(m.assignments, a)
	m.next[p] = len(m.logs[p])
	for i, rec := range slices.Backward(m.logs[p]) {
		if rec.offset >= m.committed[p] {
			m.next[p] = i
		}
	}
}

// write appends records to a log until so many are there to read.
func (m *lifeModel) write(p, n int, records []modelRecord) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, rec := range records {
		if m.next[p]+n <= len(m.logs[p]) {
			return
		}
		if log := m.logs[p]; len(log) > 0 {
			rec.offset += log[len(log)-1].offset
		}
		rec.value = fmt.Appendf(nil, "%d:%05d", p, rec.offset)
		m.logs[p] = append(m.logs[p], &rec)
	}
}

// read registers records of a log, and hands their deliveries to the lanes.
func (m *lifeModel) read(p, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.current[p]
	if a == nil {
		return
	}
	records := m.logs[p][m.next[p]:min(m.next[p]+n, len(m.logs[p]))]
	m.next[p] += len(records)
	var batch []offsets.Entry
	for _, rec := range records {
		batch = append(batch, offsets.Entry{Offset: rec.offset, Epoch: 7, Pending: int32(len(rec.lanes)), Bytes: int64(len(rec.value))})
		a.read, a.ends = append(a.read, rec), append(a.ends, map[int]int{})
	}
	seq, ok := a.part.Register(batch)
	if !ok {
		m.fail("an assignment that goes on takes no records")
	}
	for i, rec := range records {
		for _, lane := range rec.lanes {
			d := New()
			d.Ack, d.Origin, d.Seq = a.part, &a.part.Origin, seq+uint64(i)
			d.Record = &kgo.Record{Topic: "t", Offset: rec.offset, Value: rec.value, LeaderEpoch: int32(slices.Index(m.assignments, a))}
			d.Message = message.Message{Body: rec.value, Size: len(rec.value), GroupID: rec.group, TraceHeader: fmt.Sprint(d.Record.LeaderEpoch)}
			if lane == 0 {
				d.Message.GroupID = ""
			}
			lanes := m.lanes[lane].lanes
			if !lanes[len(lanes)-1].Add([]*Delivery{d}, time.Now()) {
				m.fail("a lane that goes on takes no deliveries")
			}
		}
	}
}

func (m *lifeModel) commit(p int) {
	if a := m.current[p]; a != nil {
		m.committed[p] = a.part.Committable().Offset
	}
}

// end ends an assignment; one that is revoked is drained and committed, one that is lost is not.
func (m *lifeModel) end(p int, drain time.Duration) {
	a := m.current[p]
	if a == nil {
		return
	}
	if drain > 0 {
		m.commit(p)
		m.each((*Lane).Flush)
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		a.part.Drain(ctx)
		m.commit(p)
	}
	a.part.Close()
	a.mark = a.part.Committable()
	m.current[p] = nil
	m.each((*Lane).Sweep)
}

func (m *lifeModel) each(f func(*Lane)) {
	for _, l := range m.lanes {
		for _, lane := range l.lanes {
			f(lane)
		}
	}
}

// letters takes note of the dead letters written since.
func (m *lifeModel) letters() {
	m.r.writer.Mu.Lock()
	written := m.r.writer.Letters
	m.r.writer.Letters = nil
	m.r.writer.Mu.Unlock()
	for _, l := range written {
		m.ended(fmt.Sprint(l.Record.LeaderEpoch), int(l.Destination[0]-'0'), string(l.Record.Value))
		if f := m.record(string(l.Record.Value)).fault; faultClasses[f] != sink.Poison {
			m.fail("%s is a dead letter", l.Record.Value)
		}
	}
}

// check compares with the model, when nothing moves.
func (m *lifeModel) check() {
	synctest.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters()
	// What is accepted in a part of a request that is split settles with the whole of it.
	still := !slices.ContainsFunc(m.lanes[:], func(l *modelLane) bool { out, _ := l.far.Seen(); return out > 0 })
	var records, bytes int64
	for n, a := range m.assignments {
		if m.current[a.part.ID] != a {
			if a.part.Committable() != a.mark {
				m.fail("the mark of assignment %d has moved from %v to %v after its end", n, a.mark, a.part.Committable())
			}
			continue
		}
		open := 0
		for open < len(a.read) && len(a.ends[open]) == len(a.read[open].lanes) {
			open++
		}
		for i, rec := range a.read {
			if len(a.ends[i]) < len(rec.lanes) {
				bytes += int64(len(rec.value))
			}
		}
		records += int64(len(a.read) - open)
		if want, got := a.at(open), a.part.Committable().Offset; got > want || still && got < want {
			m.fail("the mark of assignment %d is %d, want %d", n, got, want)
		}
	}
	if r, b := m.r.window.Held(); r < records || b < bytes || still && (r != records || b != bytes) {
		m.fail("the window holds %d records and %d bytes, want %d and %d", r, b, records, bytes)
	}
	for i, l := range m.lanes {
		if overlaps, mostOf := l.far.Grouped(); i > 0 && overlaps > 0 || i == 1 && mostOf > 1 {
			m.fail("destination %d: a group was out twice %d times, and %d of it in a request", i, overlaps, mostOf)
		}
		for _, values := range l.order {
			if i > 0 && slices.ContainsFunc(values, func(v string) bool { return len(v) > 8 }) {
				m.fail("destination %d: order %v", i, values)
			}
		}
	}
	m.each(m.checkMemory)
}

// at returns the mark when so many records are settled.
func (a *modelAssignment) at(settled int) int64 {
	if settled == 0 {
		return a.begin
	}
	return a.read[settled-1].offset + 1
}

// checkMemory looks for what waits and still refers to the memory of a fetch.
func (m *lifeModel) checkMemory(l *Lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue.each(func(d *Delivery) {
		waits := d.attempts > 0 || l.state == opening
		if kept := memory.Same(d.Message.Body, m.record(string(d.Record.Value)).value); waits && kept || d.owned == kept {
			m.fail("%s waits, and keeps a fetch: %v", d.Record.Value, kept)
		}
	})
}

// finish mends everything and reads all there is: then every record has reached every destination
// that it was to go to, or the dead letters.
func (m *lifeModel) finish() {
	m.mu.Lock()
	m.healed = true
	m.mu.Unlock()
	for p := range m.logs {
		m.assign(p)
		m.read(p, len(m.logs[p]))
	}
	bridgetest.Pass(time.Hour)
	m.check()
	for p, log := range m.logs {
		for _, rec := range log {
			for _, lane := range rec.lanes {
				if !m.reached(p, rec, lane) {
					m.fail("%s never reached destination %d", rec.value, lane)
				}
			}
		}
	}
	if r, b := m.r.window.Held(); r != 0 || b != 0 {
		m.fail("the window holds %d records and %d bytes at the end", r, b)
	}
	m.each(func(l *Lane) {
		if n := l.Queued(); n != 0 {
			m.fail("%d deliveries are stuck", n)
		}
	})
	if len(m.r.health.Problems()) != 0 {
		m.fail("still in trouble: %v", m.r.health.Problems())
	}
}

func (m *lifeModel) reached(p int, rec *modelRecord, lane int) bool {
	return slices.ContainsFunc(m.assignments, func(a *modelAssignment) bool {
		i := slices.Index(a.read, rec)
		return a.part.ID == int32(p) && i >= 0 && a.ends[i][lane] > 0
	})
}
