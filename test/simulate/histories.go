package simulate

import (
	"maps"
	"slices"
	"time"
)

// history is what became of a partition's log. The ledger has one of each, and its lock guards them.
type history struct {
	era    int // how often the log was cut off or made anew: offsets of two eras say nothing of each other
	epochs []epoch
}

// epoch is a leader epoch, and the offset at which the log was when it began (KIP-101).
type epoch struct {
	number int32
	start  int64
}

// at returns the leader epoch in which a record was written.
func (h *history) at(offset int64) int32 {
	for _, e := range slices.Backward(h.epochs) {
		if e.start <= offset {
			return e.number
		}
	}
	return -1
}

// end answers OffsetForLeaderEpoch as a broker does whose log ends at an offset: the latest epoch that is
// not above the one that is asked for, and where the one after it begins.
func (h *history) end(asked int32, logEnd int64) (number int32, end int64) {
	if len(h.epochs) == 0 || asked > h.epochs[len(h.epochs)-1].number {
		return -1, -1
	}
	end = logEnd
	for _, e := range slices.Backward(h.epochs) {
		if e.number <= asked {
			return e.number, end
		}
		end = e.start
	}
	return asked, end // it is from before the log begins
}

// logs are those of all partitions. The ledger's lock guards them.
type logs struct {
	histories map[partition]*history
	remakes   map[string]int // how often a topic was made anew
	told      []expiry
}

func newLogs() logs {
	return logs{histories: map[partition]*history{}, remakes: map[string]int{}}
}

func (l *ledger) history(topic string, id int32) *history {
	at := partition{topic, id}
	if l.histories[at] == nil {
		l.histories[at] = &history{}
	}
	return l.histories[at]
}

// elected notes that a leader epoch begins at the end of a log.
func (l *ledger) elected(topic string, partition, number int32, end int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.history(topic, partition)
	if n := len(h.epochs); n > 0 && h.epochs[n-1].number == number {
		return
	}
	// An epoch in which nothing was written is forgotten, as brokers do.
	h.epochs = slices.DeleteFunc(h.epochs, func(e epoch) bool { return e.number >= number || e.start >= end })
	h.epochs = append(h.epochs, epoch{number, end})
}

// made notes that a topic, or more partitions of it, were made; there may have been another one of its name.
func (l *ledger) made(topic string, partitions int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range partitions {
		if h := l.history(topic, p); len(h.epochs) == 0 {
			h.epochs = []epoch{{0, 0}}
		}
	}
}

// deleted notes that a topic is no more.
func (l *ledger) deleted(topic string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remakes[topic]++
	for at, h := range l.histories {
		if at.topic == topic {
			h.era++
			h.epochs = nil
			delete(l.openings.at, at)
		}
	}
	// Brokers drop what is committed of it. A group that has nothing else is a new one to whoever joins it next.
	maps.DeleteFunc(l.marks, func(c claim, _ int64) bool { return c.topic == topic })
	l.openings.joined = false
	for c := range l.marks {
		l.openings.joined = l.openings.joined || c.group == group
	}
	for _, r := range l.records {
		if r.topic == topic && r.offset >= 0 {
			r.lose("the topic was deleted")
			r.over = true
			if time.Since(r.expired) < toldWithin {
				r.unread = nil // nobody can look at its log any more
			}
		}
	}
}

// lostTail notes that a log was cut off.
func (l *ledger) lostTail(topic string, id int32, end int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := partition{topic, id}
	h := l.history(topic, id)
	h.era++
	if start, ok := l.openings.at[at]; ok {
		l.openings.at[at] = min(start, end) // what comes in their place is newer than the start
	}
	for _, r := range l.records {
		if r.topic == topic && r.partition == id && r.offset >= end && !r.over {
			r.lose("the log was cut off below it")
			r.over = true
		}
	}
}

// readAgain notes that partitions of a topic may be read again, so often: all of one, or those of all where the
// partition is below 0.
func (l *ledger) readAgain(topic string, id int32, times int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	again := rewind{}
	for at := range l.histories {
		if at.topic == topic && (id < 0 || id == at.id) {
			again[position{at.topic, at.id, 0}] = true
		}
	}
	for range times {
		l.rewinds = append(l.rewinds, again)
	}
}

// expired notes that a log begins later than before.
func (l *ledger) expired(topic string, id int32, start int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.records {
		if r.topic != topic || r.partition != id || r.offset < 0 || r.offset >= start || r.over || r.gone != "" {
			continue
		}
		r.lose("retention has deleted it")
		r.expired = time.Now()
		for c, mark := range l.marks {
			if c.topic == topic && c.partition == id && mark <= r.offset {
				r.unread = append(r.unread, unread{c.group, l.begun[c]})
			}
		}
	}
}

// lose notes that Kafka has a record no more.
func (r *record) lose(why string) {
	if r.gone == "" {
		r.gone = why
	}
}

// epochEnd answers OffsetForLeaderEpoch for a log that ends at an offset.
func (l *ledger) epochEnd(topic string, partition, asked int32, logEnd int64) (number int32, end int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.history(topic, partition).end(asked, logEnd)
}
