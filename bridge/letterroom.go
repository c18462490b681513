package bridge

import (
	"encoding/base64"

	"github.com/twmb/franz-go/pkg/kgo"
)

// mostBuilt bounds the messages of dead letters that wait in a lane, in bytes: they hold their records
// once more, in base64, and the window counts records. The others wait as they are.
const mostBuilt = 8 << 20

// fits says whether a letter waits that may be written: one always may. Called with mu held.
func (l *DeadLetters) fits() bool {
	switch {
	case l.pending.len() == 0:
		return false
	case l.lane() == nil || l.built == 0:
		return true
	}
	return l.built+envelopeBytes(l.pending.at(0).delivery.record) <= mostBuilt
}

// gone says that the message of a letter is not held any more.
func (l *DeadLetters) gone(d *delivery) {
	if d.built == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.built -= d.built
	d.built = 0
	l.start()
}

// sweep throws away the letters that wait to be built of assignments that have ended.
func (l *DeadLetters) sweep() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending.filter(func(b burial) bool {
		if b.delivery.part.Closed() {
			b.delivery.free()
			return false
		}
		return true
	})
}

// stranded adds the letters that wait to be built for a destination that is broken.
func (l *DeadLetters) stranded(waiting map[*Partition]int) {
	if lane := l.lane(); lane == nil || !lane.shut() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.pending.len() {
		waiting[l.pending.at(i).delivery.part]++
	}
}

// envelopeBytes is about what the envelope of a letter takes.
func envelopeBytes(r *kgo.Record) int64 {
	n := int64(1024) + int64(base64.StdEncoding.EncodedLen(len(r.Key))+base64.StdEncoding.EncodedLen(len(r.Value)))
	for _, h := range r.Headers {
		n += int64(len(h.Key)+base64.StdEncoding.EncodedLen(len(h.Value))) + 64
	}
	return n
}
