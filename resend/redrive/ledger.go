package redrive

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
)

// interval are the offsets from first up to, and not including, end.
type interval struct{ first, end int64 }

// maxMetadata is the most that a broker keeps with a committed offset, in bytes
// (offset.metadata.max.bytes, by default).
const maxMetadata = 4096

// ledger knows of one partition of a dead-letter topic which letters have left it. It keeps that
// with the group's offset: everything below the offset has left, and the metadata says what has
// above it. Letters are added in the order they are read; an offset that holds none counts as what
// is around it.
type ledger struct {
	topicID [16]byte
	next    int64      // the first offset that has not been read
	before  []interval // what had left when reading began
	letters []letter   // that were read, from the first that has not left
	stays   int64      // the first letter that is to stay; -1: none so far
	going   []interval // behind it, what has left or is on its way
}

type letter struct {
	offset int64
	left   bool
}

// openLedger continues from what is committed; first is the first offset that can be read, and
// offset -1 where nothing is committed. It reports whether the commit was of use: one for a topic
// of the same name that is no more is not. The error is errNewer for one that a later version has made.
func openLedger(topicID [16]byte, first, offset int64, metadata string) (l *ledger, of bool, err error) {
	l = &ledger{topicID: topicID, next: first, stays: -1}
	if offset >= 0 && isNewer(topicID, metadata) {
		return nil, false, errNewer
	}
	id, before := decode(offset, metadata)
	if offset < 0 || id != nil && *id != topicID {
		return l, false, nil
	}
	l.before, l.next = before, max(first, offset)
	return l, true, nil
}

// has says whether a letter had left when reading began.
func (l *ledger) has(offset int64) bool {
	i, _ := slices.BinarySearchFunc(l.before, offset, func(iv interval, o int64) int {
		if iv.end <= o {
			return -1
		}
		return 1
	})
	return i < len(l.before) && l.before[i].first <= offset
}

// fits says whether it could be kept that this letter, too, has left.
func (l *ledger) fits(offset int64) bool {
	if l.stays < 0 || len(l.before) == 0 && (offset-l.stays)/8 < int64(maxData) {
		return true // as bits at the most
	}
	return l.write(l.stays, slices.Concat(extend(slices.Clone(l.going), offset), l.behind(offset+1))) != ""
}

// add takes down the letter that was read next, and whether it is on its way or stays.
func (l *ledger) add(offset int64, goes bool) {
	left := l.has(offset)
	l.letters = append(l.letters, letter{offset, left})
	l.next = offset + 1
	switch {
	case !goes && !left:
		if l.stays < 0 {
			l.stays = offset
		}
	case l.stays >= 0:
		if n := len(l.letters); n > 1 && len(l.going) > 0 && l.going[len(l.going)-1].end > l.letters[n-2].offset {
			l.going[len(l.going)-1].end = offset + 1 // so did the one before it
			return
		}
		l.going = append(l.going, interval{offset, offset + 1})
	}
}

func extend(all []interval, offset int64) []interval {
	if n := len(all); n > 0 && all[n-1].end == offset {
		all[n-1].end++
		return all
	}
	return append(all, interval{offset, offset + 1})
}

// leave takes down that a letter has left.
func (l *ledger) leave(offset int64) {
	i, ok := slices.BinarySearchFunc(l.letters, offset, func(e letter, o int64) int { return int(e.offset - o) })
	if !ok {
		return
	}
	l.letters[i].left = true
	n := 0
	for n < len(l.letters) && l.letters[n].left {
		n++
	}
	l.letters = l.letters[n:]
}

// behind returns what had left before, from an offset on.
func (l *ledger) behind(offset int64) []interval {
	var all []interval
	for _, iv := range l.before {
		if iv.end > offset {
			all = append(all, interval{max(iv.first, offset), iv.end})
		}
	}
	return all
}

// progress returns what is to be committed; false where it does not fit, as it may not while much is
// on its way out of order.
func (l *ledger) progress() (offset int64, metadata string, ok bool) {
	i := slices.IndexFunc(l.letters, func(e letter) bool { return !e.left })
	if i < 0 {
		metadata = l.write(l.next, l.behind(l.next))
		return l.next, metadata, metadata != ""
	}
	var left []interval
	together := false
	for _, e := range l.letters[i:] {
		switch {
		case e.left && together:
			left[len(left)-1].end = e.offset + 1
		case e.left:
			left = append(left, interval{e.offset, e.offset + 1})
		}
		together = e.left
	}
	offset = l.letters[i].offset
	metadata = l.write(offset, append(left, l.behind(l.next)...))
	return offset, metadata, metadata != ""
}

// errNewer is for a metadata that only a later version can read: to take it for none would send letters
// again that have left.
var errNewer = errors.New("a newer version of Sluice has committed which letters have left")

// isNewer says whether a later version has written a metadata for a topic. Such a one keeps the places of the
// version, a digit, and of the topic's id.
func isNewer(topicID [16]byte, metadata string) bool {
	return metadata != "" && metadata[0] > version[0] && metadata[0] <= '9' &&
		strings.HasPrefix(metadata[len(version):], text.EncodeToString(topicID[:]))
}

// A metadata is a version, the topic's id in base64, the kind of what follows, and that in base64:
// the lengths of runs from the offset on, in turns of what stays and what has left, or a bit for each
// offset. The shorter of both is written.
const (
	version   = "1"
	asRuns    = 'r'
	asBits    = 'b'
	idLength  = 22
	headBytes = len(version) + idLength + 1
	maxData   = (maxMetadata - headBytes) / 4 * 3
)

var text = base64.RawURLEncoding

// write returns the metadata for what has left above an offset; empty where that does not fit.
func (l *ledger) write(offset int64, left []interval) string {
	kind, data := byte(asRuns), runs(offset, left)
	if n := len(left); n > 0 && (left[n-1].end-offset+7)/8 < int64(len(data)) {
		kind, data = asBits, bits(offset, left)
	}
	if headBytes+text.EncodedLen(len(data)) > maxMetadata {
		return ""
	}
	return version + text.EncodeToString(l.topicID[:]) + string(kind) + text.EncodeToString(data)
}

func runs(offset int64, left []interval) []byte {
	var b []byte
	for _, iv := range left {
		b = binary.AppendUvarint(b, uint64(iv.first-offset)) //nolint:gosec // intervals are in order
		b = binary.AppendUvarint(b, uint64(iv.end-iv.first)) //nolint:gosec // likewise
		offset = iv.end
	}
	return b
}

func bits(offset int64, left []interval) []byte {
	b := make([]byte, (left[len(left)-1].end-offset+7)/8)
	for _, iv := range left {
		for o := iv.first - offset; o < iv.end-offset; o++ {
			b[o/8] |= 1 << (o % 8)
		}
	}
	return b
}

// decode reads a metadata. Where it is none of ours, somebody has set the offset by other means,
// and nothing above it has left.
func decode(offset int64, metadata string) (topicID *[16]byte, left []interval) {
	if len(metadata) < headBytes || !strings.HasPrefix(metadata, version) {
		return nil, nil
	}
	id, err := text.DecodeString(metadata[len(version) : len(version)+idLength])
	if err != nil || len(id) != 16 {
		return nil, nil
	}
	data, err := text.DecodeString(metadata[headBytes:])
	if err != nil {
		return nil, nil
	}
	switch metadata[headBytes-1] {
	case asRuns:
		left = fromRuns(offset, data)
	case asBits:
		left = fromBits(offset, data)
	default:
		return nil, nil
	}
	return (*[16]byte)(id), left
}

func fromRuns(offset int64, data []byte) []interval {
	var left []interval
	for len(data) > 0 {
		stay, n := binary.Uvarint(data)
		if n <= 0 {
			return nil
		}
		gone, m := binary.Uvarint(data[n:])
		if m <= 0 || stay > math.MaxInt64 || gone > math.MaxInt64 {
			return nil
		}
		iv := interval{offset + int64(stay), offset + int64(stay) + int64(gone)}
		if iv.first < offset || iv.end < iv.first {
			return nil
		}
		left, offset, data = append(left, iv), iv.end, data[n+m:]
	}
	return left
}

func fromBits(offset int64, data []byte) []interval {
	n := int64(len(data)) * 8
	if offset > math.MaxInt64-n {
		return nil
	}
	var left []interval
	for i := range n {
		if data[i/8]&(1<<(i%8)) != 0 {
			left = extend(left, offset+i)
		}
	}
	return left
}
