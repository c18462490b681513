package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"time"
)

// dedupWindow is how long FIFO queues and topics remember a deduplication id
// (SQS developer guide, "exactly-once processing").
const dedupWindow = 5 * time.Minute

// dedup remembers what was sent within the window. Keys are 128-bit hashes and
// values hold no pointers, so that millions of them cost neither much memory nor
// collector time. The owner's lock guards it.
type dedup struct {
	seeds [2]maphash.Seed
	seen  map[[2]uint64]original
	order []expiry // by time; the first ones expire first
}

// original is the message that a duplicate stands for.
type original struct {
	id      messageID
	seq     uint64
	journal int // position in the journal
}

type expiry struct {
	key [2]uint64
	at  int64
}

func newDedup() *dedup {
	return &dedup{
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		seen:  map[[2]uint64]original{},
	}
}

// key hashes an id, within a group when the scope is the message group.
func (d *dedup) key(id, group []byte, perGroup bool) (k [2]uint64) {
	for i, seed := range d.seeds {
		var h maphash.Hash
		h.SetSeed(seed)
		h.Write(id)
		if perGroup {
			h.WriteByte(0) // cannot occur in an id
			h.Write(group)
		}
		k[i] = h.Sum64()
	}
	return k
}

// find returns the message first sent with the key, if that was within the window.
func (d *dedup) find(k [2]uint64, now time.Time) (original, bool) {
	t := now.UnixNano()
	for len(d.order) > 0 && d.order[0].at <= t {
		delete(d.seen, d.order[0].key)
		d.order = d.order[1:]
	}
	o, ok := d.seen[k]
	return o, ok
}

func (d *dedup) remember(k [2]uint64, o original, now time.Time) {
	d.seen[k] = o
	d.order = append(d.order, expiry{k, now.Add(dedupWindow).UnixNano()})
}

// contentID is the deduplication id that content-based deduplication makes.
func contentID(body []byte) []byte {
	sum := sha256.Sum256(body)
	return hex.AppendEncode(nil, sum[:])
}
