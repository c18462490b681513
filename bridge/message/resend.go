package message

import "strconv"

// Resend says that a record is sent again on purpose, and not for the first time; nil: it is not. FIFO
// destinations take its messages although they had them before; sent again by the same Resend they have the
// same deduplication ids.
type Resend struct {
	id       string // of deduplication ids, behind that of the record
	replayed bool   // messages are marked so
	attempts int
}

// Replay is for records that are sent again from their topic. The id is a few letters, digits and dashes.
func Replay(id string) *Resend { return &Resend{id: "replay." + id, replayed: true} }

// Redrive is for the record of a dead letter, which is at that place of its topic and was sent so often before.
func Redrive(partition int32, offset int64, attempts int) *Resend {
	return &Resend{id: "redrive." + strconv.Itoa(int(partition)) + "." + strconv.FormatInt(offset, 10), attempts: attempts}
}

// Attempts is how often a record was sent before it became a dead letter and came back.
func (r *Resend) Attempts() int {
	if r == nil {
		return 0
	}
	return r.attempts
}
