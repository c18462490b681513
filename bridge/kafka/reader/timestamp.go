package reader

import (
	"encoding/binary"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// A timestamp of Kafka is a number of milliseconds in 64 bits. The client makes a time of it by way
// of nanoseconds in 64 bits, which reach to the year 2262 only; that of a producer which counts in
// micro- or nanoseconds by mistake wraps around. What is left of it is the number modulo 2^58, which
// is not enough to tell those of nanoseconds. The batch has the number itself.

// doubtful says whether a record's time, made by the client, may not be what the record says. A number
// that wraps around leaves parts of a millisecond, but for one in 15,625, and few of those become a time
// that others have: where nanoseconds are meant, those of one hour of 2024, and the next 9 years later.
func doubtful(r *kgo.Record) bool {
	at := r.Timestamp.UnixNano()
	return !r.Timestamp.IsZero() && (at%int64(time.Millisecond) != 0 || at < 0 || at >= year2100.UnixNano())
}

// year2100 is later than what producers mean that count in milliseconds.
var year2100 = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// restoreTimes gives records the times that their batches say, raw as a broker sent them. Where those do not
// tell, as of a record of message format 0 or 1, the time is zero.
func restoreTimes(records []*kgo.Record, raw []byte, decompressor kgo.Decompressor) {
	var said map[int64]int64
	for _, r := range records {
		if !doubtful(r) {
			continue
		}
		if said == nil {
			said = batchTimes(raw, decompressor)
		}
		r.Timestamp = time.Time{}
		if ms, ok := said[r.Offset]; ok {
			r.Timestamp = kafka.TimeOf(ms)
		}
	}
}

// batchTimes returns the timestamps of the records in batches, by offset. What is cut off, or cannot
// be read, is left out.
func batchTimes(raw []byte, decompressor kgo.Decompressor) map[int64]int64 {
	times := map[int64]int64{}
	for len(raw) >= leastBatch && raw[batchMagic] == currentMagic {
		size := batchHead + int64(int32(binary.BigEndian.Uint32(raw[8:]))) //nolint:gosec // the sign is in the first bit, and looked at
		if size < leastBatch || size > int64(len(raw)) {
			break
		}
		var b kmsg.RecordBatch
		if b.ReadFrom(raw[:size]) == nil {
			addTimes(times, &b, decompressor)
		}
		raw = raw[size:]
	}
	return times
}

func addTimes(times map[int64]int64, b *kmsg.RecordBatch, decompressor kgo.Decompressor) {
	records := b.Records
	if codec := kgo.CompressionCodecType(b.Attributes & codecBits); codec != 0 {
		var err error
		if records, err = decompressor.Decompress(records, codec); err != nil {
			return
		}
	}
	appended := b.Attributes&8 != 0 // the time is that of the log, and that of the whole batch
	for range b.NumRecords {
		size, n := binary.Varint(records)
		if n <= 0 || size < 1 || size > int64(len(records)-n) {
			return
		}
		record := records[n : n+int(size)]
		records = records[n+int(size):]
		later, n := binary.Varint(record[1:]) // behind its attributes
		if n <= 0 {
			return
		}
		behind, m := binary.Varint(record[1+n:])
		if m <= 0 {
			return
		}
		at := b.FirstTimestamp + later
		if appended {
			at = b.MaxTimestamp
		}
		times[b.FirstOffset+behind] = at
	}
}
