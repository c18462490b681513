package message

import (
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Reason says why a record is a dead letter; it is bounded, so it serves as metric label.
type Reason string

// The reasons for dead letters.
const (
	ReasonUnmatched   Reason = "unmatched"     // no rule matched, and the policy is dead_letter
	ReasonRuleError   Reason = "rule_error"    // no rule matched, and one failed to evaluate
	ReasonUndecodable Reason = "undecodable"   // the value is not what its topic's format says
	ReasonEncode      Reason = "encode_failed" // the message could not be built
	ReasonTooLarge    Reason = "too_large"     // above the destination's limit
	ReasonRejected    Reason = "rejected"      // AWS refuses the message for what it is
	ReasonGaveUp      Reason = "gave_up"       // failed for longer than retry.give_up_after

	// Of a batch of records, which the letter does not hold.
	ReasonBatchTooLarge Reason = "batch_too_large" // unpacks to more than there is memory for
	ReasonBatchCorrupt  Reason = "batch_corrupt"   // is damaged, or not what Kafka defines
)

// Reasons are all of them.
var Reasons = []Reason{ReasonUnmatched, ReasonRuleError, ReasonUndecodable, ReasonEncode, ReasonTooLarge, ReasonRejected, ReasonGaveUp, ReasonBatchTooLarge, ReasonBatchCorrupt}

// DeadLetter is a record that could not be delivered, and why.
type DeadLetter struct {
	Record      *kgo.Record
	Reason      Reason
	Error       string
	Rule        string // that named the destination; empty for the unmatched policy
	Destination string // empty where the record had none yet
	Attempts    int    // sends, over all its lives as a dead letter
	Time        time.Time
	// Batch is set where the letter stands for a batch that was not read. Its Record is then the place of
	// the first record alone.
	Batch *Unreadable
}

// Source is where the record is in Kafka: topic/partition/offset; of a batch that was not read, the
// first one.
func (l DeadLetter) Source() string { return SourceOf(l.Record) }

// SourceOf is where a record is in Kafka: topic/partition/offset.
func SourceOf(r *kgo.Record) string {
	return r.Topic + "/" + strconv.Itoa(int(r.Partition)) + "/" + strconv.FormatInt(r.Offset, 10)
}
