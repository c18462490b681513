package memory

import (
	"bytes"
	"unsafe"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Clone copies a record with all that it refers to.
func Clone(r *kgo.Record) *kgo.Record {
	c := &kgo.Record{
		Key:         bytes.Clone(r.Key),
		Value:       bytes.Clone(r.Value),
		Timestamp:   r.Timestamp,
		Topic:       r.Topic,
		Partition:   r.Partition,
		Offset:      r.Offset,
		LeaderEpoch: r.LeaderEpoch,
		Attrs:       r.Attrs,
	}
	if len(r.Headers) > 0 {
		c.Headers = make([]kgo.RecordHeader, len(r.Headers))
	}
	for i, h := range r.Headers {
		c.Headers[i] = kgo.RecordHeader{Key: h.Key, Value: bytes.Clone(h.Value)}
	}
	return c
}

// Moved returns body as it is in to, a copy of from: a part of the value, the key or a header, as
// expressions take them. One that is no part of the record has memory of its own.
func Moved(body []byte, from, to *kgo.Record) []byte {
	if at := OffsetIn(body, from.Value); at >= 0 {
		return to.Value[at : at+len(body) : at+len(body)]
	}
	if at := OffsetIn(body, from.Key); at >= 0 {
		return to.Key[at : at+len(body) : at+len(body)]
	}
	for i := range from.Headers {
		if at := OffsetIn(body, from.Headers[i].Value); at >= 0 {
			return to.Headers[i].Value[at : at+len(body) : at+len(body)]
		}
	}
	return body
}

// PartOf says whether body refers to the memory of a record.
func PartOf(body []byte, r *kgo.Record) bool {
	if OffsetIn(body, r.Value) >= 0 || OffsetIn(body, r.Key) >= 0 {
		return true
	}
	for i := range r.Headers {
		if OffsetIn(body, r.Headers[i].Value) >= 0 {
			return true
		}
	}
	return false
}

// OffsetIn returns where part lies within the memory of whole, or -1 where it does not.
func OffsetIn(part, whole []byte) int {
	if len(part) == 0 || len(part) > len(whole) {
		return -1
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(part))) - uintptr(unsafe.Pointer(unsafe.SliceData(whole))) //nolint:gosec // compared only
	if at > uintptr(len(whole)-len(part)) {
		return -1
	}
	return int(at)
}

// Same says whether two slices are one piece of memory.
func Same(a, b []byte) bool {
	return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0]
}

// Payload returns the bytes of a record.
func Payload(r *kgo.Record) int64 {
	n := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return int64(n)
}
