package message

import (
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Unreadable is a batch of a partition that was not read: what it holds is in Kafka only.
type Unreadable struct {
	// First and Next are offsets: the first that was not read, and the one behind the batch.
	First, Next int64
	Epoch       int32     // leader epoch of the batch; -1 where it is not known
	Time        time.Time // the latest timestamp that the batch names; zero where it is not known
	// Bytes and Codec are how it is stored: its size with its header, and what packed it.
	Bytes  int
	Codec  string
	Reason Reason // ReasonBatchTooLarge or ReasonBatchCorrupt
	Why    error
}

// Range names the offsets of a batch, the last one included: topic/partition:first-last.
func (u *Unreadable) Range(topic string, partition int32) string {
	return fmt.Sprintf("%s/%d:%d-%d", topic, partition, u.First, u.Next-1)
}

// Record stands for the batch: the place of its first record, and no content.
func (u *Unreadable) Record(topic string, partition int32) *kgo.Record {
	return &kgo.Record{Topic: topic, Partition: partition, Offset: u.First, Timestamp: u.Time, LeaderEpoch: u.Epoch}
}

// letterBatch is a batch that was not read, in the envelope of its dead letter.
type letterBatch struct {
	NextOffset int64  `json:"next_offset"`
	Bytes      int    `json:"bytes"` // as stored
	Codec      string `json:"codec"`
}

func newLetterBatch(u *Unreadable) *letterBatch {
	if u == nil {
		return nil
	}
	return &letterBatch{u.Next, u.Bytes, u.Codec}
}
