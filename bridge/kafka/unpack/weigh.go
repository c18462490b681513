package unpack

import (
	"encoding/binary"
	"fmt"
)

const (
	// structBytes is what the client holds for a record beside its bytes.
	structBytes = 200
	// headerBytes is the same for one of its headers, which may come in two bytes.
	headerBytes = 48
)

// Weight is what the client makes of the records of a batch.
type Weight struct {
	Records int
	Bytes   int64 // of memory, those of the batch itself among them
}

// Weigh looks through the records of an unpacked batch as the client does when it decodes them, and
// stops where it would: the header of a batch may say what it likes. An error says what is wrong with
// the record that it stopped at.
// Layout: https://kafka.apache.org/documentation/#record
func Weigh(unpacked []byte) (w Weight, err error) {
	if set, ok := weighSet(unpacked); ok {
		return set, nil
	}
	w.Bytes = int64(len(unpacked))
	for rest := unpacked; len(rest) > 0; {
		length, n := varint(rest)
		if n <= 0 || length < 0 || length > int64(len(rest)-n) {
			return w, fmt.Errorf("record %d is cut off", w.Records+1)
		}
		headers, ok := recordHeaders(rest[n : n+int(length)])
		if !ok {
			return w, fmt.Errorf("record %d is not one", w.Records+1)
		}
		w.Records++
		w.Bytes += structBytes + headerBytes*headers
		rest = rest[n+int(length):]
	}
	return w, nil
}

// weighSet does the same for messages of the formats before Kafka 0.11, each of which has its offset and
// length before it.
func weighSet(unpacked []byte) (w Weight, ok bool) {
	const head, magic = 12, 16
	w.Bytes = int64(len(unpacked))
	rest := unpacked
	for len(rest) > magic && rest[magic] <= 1 {
		length := int64(int32(binary.BigEndian.Uint32(rest[8:]))) //nolint:gosec // the sign is in the first bit, and looked at
		if length <= magic-head || length > int64(len(rest)-head) {
			break
		}
		w.Records++
		w.Bytes += structBytes
		rest = rest[head+length:]
	}
	return w, len(rest) == 0 && w.Records > 0
}

// recordHeaders returns how many headers a record says that it has, which is what memory is taken for.
func recordHeaders(r []byte) (headers int64, ok bool) {
	at := 1       // behind the attributes
	for range 2 { // timestamp and offset, as differences
		for at < len(r) && r[at] >= 0x80 {
			at++
		}
		at++
	}
	for range 2 { // key and value; -1 stands for null
		if at >= len(r) {
			return 0, false
		}
		length, n := varint(r[at:])
		if n <= 0 || length > int64(len(r)-at-n) {
			return 0, false
		}
		at += n + int(max(length, 0))
	}
	if at >= len(r) {
		return 0, false
	}
	headers, n := varint(r[at:])
	return max(headers, 0), n > 0 && headers <= int64(len(r)-at-n)
}

// varint is binary.Varint, quicker for what most of them are.
func varint(b []byte) (int64, int) {
	if len(b) > 0 && b[0] < 0x80 {
		return int64(b[0]>>1) ^ -int64(b[0]&1), 1
	}
	return binary.Varint(b)
}
