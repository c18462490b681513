// Package quota holds what SQS and SNS take at most. It is pure, and may import nothing of ours.
package quota

const (
	// Entries is how many messages one SendMessageBatch or PublishBatch call takes.
	Entries = 10
	// Attributes is how many attributes a message may carry (Amazon SQS Developer Guide, "Message quotas"); SNS takes
	// more, and then silently discards the message for raw SQS subscribers.
	Attributes = 10
	// MessageBytes is the most that any queue or topic can be set to take in one message, attributes included, and that
	// one request to a queue may carry (Amazon SQS Developer Guide, "Amazon SQS message quotas": 1 MiB since August 2025;
	// Amazon SNS Developer Guide, "Publishing large message payloads").
	MessageBytes = 1 << 20
)
