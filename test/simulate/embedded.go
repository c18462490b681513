package simulate

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	batchLength = 8
	batchSum    = 17
	batchSummed = 21
	batchFirst  = 27 // the timestamp of its first record
	batchLatest = 35
	appendTime  = 8 // of the attributes: the log stamps the records
)

// correctKafka makes up for what the embedded Kafka does not as brokers do.
func (w *world) correctKafka() {
	w.stampByLog()
	w.nameAborted()
}

// nameAborted keeps fetches from being full: of the partition at which one is, the embedded Kafka does not
// name the aborted transactions, and their records are read as if they were committed.
func (w *world) nameAborted() {
	if !slices.ContainsFunc(w.scenario.Bursts, func(b Burst) bool { return b.Txn != "" }) {
		return
	}
	c := w.kafka.Cluster
	c.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		r.(*kmsg.FetchRequest).MaxBytes = math.MaxInt32 // each partition has a limit of its own
		return nil, nil, false
	})
}

// stampByLog has the brokers stamp batches of which the attributes say so. The embedded Kafka does that
// without summing the batch again, which brokers do.
func (w *world) stampByLog() {
	c := w.kafka.Cluster
	c.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		for _, t := range r.(*kmsg.ProduceRequest).Topics {
			for _, p := range t.Partitions {
				if len(p.Records) > batchLatest+8 && p.Records[batchSummed+1]&appendTime != 0 {
					now := uint64(time.Now().UnixMilli())
					binary.BigEndian.PutUint64(p.Records[batchFirst:], now)
					binary.BigEndian.PutUint64(p.Records[batchLatest:], now)
					sum(p.Records)
				}
			}
		}
		return nil, nil, false
	})
}

// sum writes the checksum of a batch.
func sum(raw []byte) {
	binary.BigEndian.PutUint32(raw[batchSum:], crc32.Checksum(raw[batchSummed:], crc32.MakeTable(crc32.Castagnoli)))
}
