package sns

import "github.com/sluice-bridge/sluice/bridge/message"

const (
	// entries is how many messages one PublishBatch call takes.
	entries = 10
	// mostAttributes is how many attributes a message may carry: a topic takes more, and then silently discards the
	// message for raw SQS subscribers (Amazon SNS Developer Guide, "Amazon SNS message attributes").
	mostAttributes = 10
	// defaultBytes is the most that a topic takes in one message and one request where its MaximumMessageSize is not set,
	// and mostBytes the most that this can be (Amazon SNS Developer Guide, "Publishing large message payloads").
	defaultBytes = 256 << 10
	mostBytes    = 1 << 20
)

// Profile is what a topic takes. A request is a form, which has three bytes for each but letters and digits: JSON gets
// nearly twice as long.
var Profile = message.Profile{
	Kind: "sns", Service: "SNS", Bytes: defaultBytes, MostBytes: mostBytes, Raise: "the topic's MaximumMessageSize",
	Attributes: mostAttributes, Filtered: true, Swelling: 2,
}
