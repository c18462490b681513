package simulate

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// letter is a dead letter, wherever it was written.
type letter struct {
	at          position
	reason      string
	destination string // that the record was for; empty for none
	stamp       string // of the record
	key, value  []byte
	headers     []kgo.RecordHeader // of the record
	// Of a letter that stands for a batch.
	next   int64
	bytes  int
	codec  string
	when   time.Time // it was written
	offset int64     // in its topic; -1 where it went to a queue
}

// source reads topic/partition/offset.
func source(text string) (at position) {
	if parts := strings.Split(text, "/"); len(parts) == 3 {
		p, _ := strconv.ParseInt(parts[1], 10, 32)
		at.topic, at.partition = parts[0], int32(p)
		at.offset, _ = strconv.ParseInt(parts[2], 10, 64)
	}
	return at
}

// buried notes a dead letter.
func (l *ledger) buried(d letter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d.next > 0 {
		l.unclaimed = append(l.unclaimed, d)
		l.adopt()
		return
	}
	id := ""
	for _, h := range d.headers {
		if h.Key == idHeader {
			id = string(h.Value)
		}
	}
	r := l.of(id)
	if r == nil || r.topic != d.at.topic || r.partition != d.at.partition || r.span > 1 {
		l.violate("G7", "a dead letter is of %v, and holds no record of ours", d.at)
		return
	}
	stamp := stampOf(d.stamp)
	if stamp == unstamped && l.unstampable(r) {
		stamp = r.stamp
	}
	l.at(r, d.at.offset, stamp)
	if _, ok := r.letters[d.destination]; !ok {
		r.letters[d.destination] = d.when
	}
	if d.offset >= 0 {
		l.written = append(l.written, written{r, d.destination, d.offset, d.when})
	}
	if d.destination != "" {
		l.mayBury(r, d)
	}
	switch {
	case !same(d.key, r.key) || !same(d.value, r.value):
		l.violate("G7", "the dead letter of record %s holds %s: %s", r, clip(string(d.key)), clip(string(d.value)))
	case !slices.EqualFunc(d.headers, r.headers, func(a, b kgo.RecordHeader) bool { return a.Key == b.Key && same(a.Value, b.Value) }):
		l.violate("G7", "the dead letter of record %s has the headers %v", r, d.headers)
	case d.destination == "" && !slices.Contains(l.reasons(r), d.reason):
		l.violate("G6", "record %s is a dead letter, for the reason %s", r, d.reason)
	}
}

// same tells nothing and null apart.
func same(a, b []byte) bool { return bytes.Equal(a, b) && (a == nil) == (b == nil) }

// reasons are those for which a record may be a dead letter that is for no destination.
func (l *ledger) reasons(r *record) (all []string) {
	for _, s := range l.window(r) {
		if s.shows(r) && !(s.Wait && s.unreadable(r) != "") {
			all = append(all, s.fate(r).letter)
		}
	}
	return all
}

// adopt finds the batches of dead letters that stand for one: their producer may not have been told before.
func (l *ledger) adopt() {
	l.unclaimed = slices.DeleteFunc(l.unclaimed, func(d letter) bool {
		for _, r := range slices.Backward(l.records) {
			// What retention has left of one begins later.
			if !r.hostile() || r.topic != d.at.topic || r.partition != d.at.partition || d.at.offset < r.offset || d.at.offset >= r.offset+r.span || r.offset < 0 {
				continue
			}
			l.judgeBatch(r, d)
			if _, ok := r.letters[""]; !ok {
				r.letters[""] = d.when
			}
			return true
		}
		return false
	})
}

func (l *ledger) judgeBatch(r *record, d letter) {
	got := fmt.Sprintf("%d bytes of %s before offset %d", d.bytes, d.codec, d.next)
	want := fmt.Sprintf("%d bytes of %s before offset %d", r.packed.bytes, r.packed.codec, r.offset+r.span)
	switch {
	case !slices.Contains(l.reasons(r), d.reason):
		l.violate("G6", "batch %s is a dead letter, for the reason %s", r, d.reason)
	case got != want:
		l.violate("G7", "the dead letter of batch %s says %s and not %s", r, got, want)
	case d.key != nil || d.value != nil:
		l.violate("G7", "the dead letter of batch %s holds something", r)
	}
}
