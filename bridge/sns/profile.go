package sns

import (
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/quota"
)

// defaultBytes is the most that a topic takes in one message and one request where its MaximumMessageSize is not set
// (Amazon SNS Developer Guide, "Publishing large message payloads").
const defaultBytes = 256 << 10

// Profile is what a topic takes. A request is a form, which has three bytes for each but letters and digits: JSON gets
// nearly twice as long.
var Profile = message.Profile{
	Kind: "sns", Service: "SNS", Bytes: defaultBytes, MostBytes: quota.MessageBytes, Raise: "the topic's MaximumMessageSize",
	Attributes: quota.Attributes, Filtered: true, Swelling: 2,
}
