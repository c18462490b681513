package offsets

// Ack is what a delivery reports to: the assignment of its record, or a dead letter that is sent again.
// Values are compared: one stands for one assignment, or one letter.
type Ack interface {
	// Settle says that one delivery of record seq is acknowledged, which held so many bytes.
	Settle(seq uint64, held int64)
	// Closed says that nobody waits for its deliveries any more: what is not sent is thrown away.
	Closed() bool
}
