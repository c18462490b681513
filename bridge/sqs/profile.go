package sqs

import "github.com/sluice-bridge/sluice/bridge/message"

// mostBytes is the most that any queue can be set to take in one message, attributes included, and that one request
// may carry (Amazon SQS Developer Guide, "Amazon SQS message quotas": 1 MiB since August 2025).
const mostBytes = 1 << 20

// Profile is what a queue takes (Amazon SQS Developer Guide, "Amazon SQS message quotas").
var Profile = message.Profile{
	Kind: "sqs", Service: "SQS", Bytes: mostBytes, MostBytes: mostBytes, Attributes: 10, Traced: true, Swelling: 1,
}
