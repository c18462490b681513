package delivery

import (
	"encoding/base64"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// mostBuilt bounds the messages of dead letters that wait in a lane, in bytes: they hold their records
// once more, in base64, and the window counts records. The others wait as they are.
const mostBuilt = 8 << 20

// fits says whether a letter waits that may be written: one always may. Called with mu held.
func (l *DeadLetters) fits() bool {
	switch {
	case l.pending.Len() == 0:
		return false
	case l.Lane() == nil || l.built == 0:
		return true
	}
	return l.built+envelopeBytes(l.pending.At(0).delivery.Record) <= mostBuilt
}

// gone says that the message of a letter is not held any more.
func (l *DeadLetters) gone(d *Delivery) {
	if d.built == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.built -= d.built
	d.built = 0
	l.start()
}

// Sweep throws away the letters that wait to be built of assignments that have ended.
func (l *DeadLetters) Sweep() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending.Filter(func(b pendingLetter) bool {
		if b.delivery.Ack.Closed() {
			b.delivery.Free()
			return false
		}
		return true
	})
}

// Stranded adds the letters that wait to be built for a destination that is broken.
func (l *DeadLetters) Stranded(waiting map[offsets.Ack]int) {
	if lane := l.Lane(); lane == nil || !lane.shut() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.pending.Len() {
		waiting[l.pending.At(i).delivery.Ack]++
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
