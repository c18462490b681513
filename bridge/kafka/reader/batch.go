package reader

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/unpack"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// BatchError says that a batch cannot be read, and why.
type BatchError struct {
	Topic     string
	Partition int32
	message.Unreadable
}

func (e *BatchError) Error() string {
	return fmt.Sprintf("the batch of %s (%d bytes, %s) %v", e.Range(e.Topic, e.Partition), e.Bytes, e.Codec, e.Why)
}

func (e *BatchError) Unwrap() error { return e.Why }

// Batch is what stands at an offset of a partition.
type Batch struct {
	Next    int64 // the offset behind it; that of the look where nothing is there
	Epoch   int32 // of the leader that wrote it; -1 where that is not known
	Records []*kgo.Record
	Weight  int64 // bytes of memory that the records take
}

// Batch reads the batch that holds an offset, or the first behind it, and leaves out what is before
// the offset. It has no records where it is of an aborted transaction; those that end one are among
// them. The error is a *BatchError where the batch cannot be read within Options.MostUnpacked;
// else it is the broker's.
func (p *Reader) Batch(ctx context.Context, partition int32, offset int64) (Batch, error) {
	// A broker answers with a whole batch at least (KIP-74).
	rp, err := p.fetch(ctx, partition, offset, 1)
	if err != nil || len(rp.RecordBatches) == 0 {
		return Batch{Next: offset, Epoch: -1}, err
	}
	b, err := p.unpackBatch(rp, offset)
	var unreadable *BatchError
	if errors.As(err, &unreadable) && unreadable.Reason == message.ReasonBatchCorrupt {
		// What it says of itself may be wrong as well.
		err = p.findEnd(ctx, unreadable)
	}
	return b, err
}

// fetch asks the leader of a partition once.
func (p *Reader) fetch(ctx context.Context, partition int32, offset int64, bytes int32) (*kmsg.FetchResponseTopicPartition, error) {
	r := &reading{partition: partition, next: offset}
	resp, err := p.request(ctx, p.leaders[partition], []*reading{r}, bytes)
	if err != nil {
		return nil, err
	}
	for i := range resp.Topics {
		for j := range resp.Topics[i].Partitions {
			if rp := &resp.Topics[i].Partitions[j]; rp.Partition == partition {
				return rp, kerr.ErrorForCode(rp.ErrorCode)
			}
		}
	}
	if resp.ThrottleMillis > 0 { // an answer without records stands for one that comes later
		return nil, fmt.Errorf("its broker throttles this client, by %v", time.Duration(resp.ThrottleMillis)*time.Millisecond)
	}
	return nil, errors.New("the broker's answer does not name the partition")
}

const (
	batchHead = 12 // bytes of a batch before what its length counts
	// The least bytes of a batch of the format of Kafka 0.11 and later, and where its parts begin
	// (https://kafka.apache.org/documentation/#recordbatch).
	leastBatch   = 61
	batchMagic   = 16
	batchCRC     = 17
	batchSummed  = 21
	codecBits    = 0b111
	transactBit  = 0b1_0000
	controlBit   = 0b10_0000
	currentMagic = 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// unpackBatch takes the first batch of an answer apart that is not below an offset.
func (p *Reader) unpackBatch(rp *kmsg.FetchResponseTopicPartition, offset int64) (Batch, error) {
	bad := &BatchError{Topic: p.opts.Topic, Partition: rp.Partition, Unreadable: message.Unreadable{
		First: offset, Next: offset, Epoch: -1, Codec: "unknown", Reason: message.ReasonBatchCorrupt,
	}}
	corrupt := func(format string, args ...any) (Batch, error) {
		bad.Why = fmt.Errorf(format, args...)
		return Batch{Next: offset}, bad
	}
	in := rp.RecordBatches
	bad.Bytes = len(in)
	if len(in) <= batchMagic {
		return corrupt("is cut off")
	}
	length := int64(int32(binary.BigEndian.Uint32(in[8:]))) + batchHead //nolint:gosec // the sign is in the first bit, and looked at
	if length <= batchMagic || length > int64(len(in)) {
		return corrupt("says that it has %d bytes, and the broker sends %d", length, len(in))
	}
	in = in[:length]
	bad.Bytes = len(in)
	if magic := in[batchMagic]; magic > currentMagic {
		return corrupt("has the unknown format %d", magic)
	} else if magic < currentMagic {
		return p.unpackSet(rp, offset, bad)
	}
	var head kmsg.RecordBatch
	if err := head.ReadFrom(in); err != nil || len(in) < leastBatch {
		return corrupt("is cut off")
	}
	next := head.FirstOffset + int64(head.LastOffsetDelta) + 1
	bad.First, bad.Next = max(offset, head.FirstOffset), next
	bad.Time, bad.Codec = kafka.TimeOf(head.MaxTimestamp), codecName(int8(head.Attributes&codecBits))
	if sum := crc32.Checksum(in[batchSummed:], castagnoli); sum != binary.BigEndian.Uint32(in[batchCRC:]) {
		return corrupt("is damaged: its checksum is %x, and should be %x", sum, binary.BigEndian.Uint32(in[batchCRC:]))
	}
	// That of a damaged batch would be committed, and asked for: a broker that does not know it says that the
	// log was cut off.
	bad.Epoch = head.PartitionLeaderEpoch
	if next <= offset {
		return corrupt("ends at offset %d, before the one that was asked for", next-1)
	}
	if aborted(rp, &head) {
		return Batch{Next: next, Epoch: bad.Epoch}, nil
	}
	most := p.opts.MostUnpacked
	unpacked, err := unpack.Batch(head.Records, kgo.CompressionCodecType(head.Attributes&codecBits), most)
	tooLarge := errors.Is(err, kgo.ErrMaxDecompress)
	if err != nil && !tooLarge {
		return corrupt("cannot be unpacked: %w", err)
	}
	w, err := unpack.Weigh(unpacked)
	switch {
	case tooLarge || w.Bytes > most:
		bad.Reason, bad.Why = message.ReasonBatchTooLarge, fmt.Errorf("takes more than %d bytes of memory unpacked", most)
		return Batch{Next: offset}, bad
	case err != nil:
		return corrupt("cannot be decoded: %w", err)
	case w.Records > int(head.NumRecords): // fewer are all that there are
		return corrupt("says that it holds %d records, and holds %d", head.NumRecords, w.Records)
	}
	one := *rp
	one.RecordBatches = in
	// As the client that consumes has them, so that the end of a transaction is settled as well.
	processing := p.processing(rp.Partition, offset)
	processing.KeepControlRecords = true
	fetched, _ := kgo.ProcessFetchPartition(processing, &one, already(unpacked), nil)
	if fetched.Err != nil {
		return corrupt("cannot be decoded: %w", fetched.Err)
	}
	restoreTimes(fetched.Records, in, already(unpacked))
	return Batch{Next: next, Epoch: bad.Epoch, Records: fetched.Records, Weight: w.Bytes}, nil
}

// unpackSet takes a message apart that is of a format before Kafka 0.11.
func (p *Reader) unpackSet(rp *kmsg.FetchResponseTopicPartition, offset int64, bad *BatchError) (Batch, error) {
	one := *rp
	one.RecordBatches = rp.RecordBatches[:bad.Bytes]
	most := p.opts.MostUnpacked
	fetched, next := kgo.ProcessFetchPartition(p.processing(rp.Partition, offset), &one, &unpack.Bounded{Most: most}, nil)
	if fetched.Err == nil {
		restoreTimes(fetched.Records, one.RecordBatches, nil) // those formats have no other time
		return Batch{Next: next, Epoch: -1, Records: fetched.Records, Weight: most}, nil
	}
	// Of such a message its own offset is that of the last one in it.
	bad.Next, bad.Why = max(offset, int64(binary.BigEndian.Uint64(rp.RecordBatches)))+1, fmt.Errorf("cannot be read: %w", fetched.Err) //nolint:gosec // an offset is not negative
	if errors.Is(fetched.Err, kgo.ErrMaxDecompress) {
		bad.Reason, bad.Why = message.ReasonBatchTooLarge, fmt.Errorf("takes more than %d bytes of memory unpacked", most)
	}
	return Batch{Next: offset}, bad
}

// findEnd finds where a batch ends that is not believed: the broker, which goes by the same words, knows
// where the next one begins. Else the error is no *BatchError: records might be passed over.
func (p *Reader) findEnd(ctx context.Context, bad *BatchError) error {
	unknown := fmt.Errorf("%w; where it ends cannot be told", bad.Why)
	if bad.Next <= bad.First {
		return unknown
	}
	rp, err := p.fetch(ctx, bad.Partition, bad.Next, 1)
	if err != nil && !errors.Is(err, kerr.OffsetOutOfRange) {
		return err
	}
	if err != nil {
		return unknown
	}
	end := rp.HighWatermark
	if !p.opts.ReadUncommitted && rp.LastStableOffset >= 0 {
		end = min(end, rp.LastStableOffset)
	}
	if in := rp.RecordBatches; len(in) > batchMagic {
		if next := int64(binary.BigEndian.Uint64(in)); next > bad.First && next <= end { //nolint:gosec // what is out of bounds is not taken
			bad.Next = next
			return bad
		}
	} else if bad.Next == end {
		return bad // there is none
	}
	return unknown
}

func (p *Reader) processing(partition int32, offset int64) kgo.ProcessFetchPartitionOpts {
	opts := kgo.ProcessFetchPartitionOpts{Offset: offset, Topic: p.opts.Topic, Partition: partition}
	if !p.opts.ReadUncommitted {
		opts.IsolationLevel = kgo.ReadCommitted()
	}
	return opts
}

// aborted says whether a batch is of a transaction that was given up, whose records are for nobody. An
// answer of a broker that reads what is committed names those that it overlaps with.
func aborted(rp *kmsg.FetchResponseTopicPartition, b *kmsg.RecordBatch) bool {
	if b.Attributes&transactBit == 0 || b.Attributes&controlBit != 0 {
		return false
	}
	for _, a := range rp.AbortedTransactions {
		if a.ProducerID == b.ProducerID && a.FirstOffset <= b.FirstOffset {
			return true
		}
	}
	return false
}

// already is a decompressor of what is unpacked.
type already []byte

func (a already) Decompress([]byte, kgo.CompressionCodecType) ([]byte, error) { return a, nil }

func codecName(codec int8) string {
	names := []string{"uncompressed", "gzip", "snappy", "lz4", "zstd"}
	if int(codec) < len(names) {
		return names[codec]
	}
	return fmt.Sprintf("codec %d", codec)
}

// EpochEnd returns where the records end that leaders up to an epoch wrote (KIP-320); offset -1 where the broker does not
// know.
func (p *Reader) EpochEnd(ctx context.Context, partition, epoch int32) (offsets.Position, error) {
	ask := kadm.OffsetForLeaderEpochRequest{}
	ask.Add(p.opts.Topic, partition, epoch)
	said, err := p.admin.OffsetForLeaderEpoch(ctx, ask)
	answer, ok := said[p.opts.Topic][partition]
	switch {
	case ok && answer.Err != nil:
		return offsets.Position{}, answer.Err
	case err != nil:
		return offsets.Position{}, err
	case !ok:
		return offsets.Position{Offset: -1, Epoch: -1}, nil
	}
	return offsets.Position{Offset: answer.EndOffset, Epoch: answer.LeaderEpoch}, nil
}
