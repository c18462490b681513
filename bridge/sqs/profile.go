package sqs

import (
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/quota"
)

// Profile is what a queue takes (Amazon SQS Developer Guide, "Amazon SQS message quotas").
var Profile = message.Profile{
	Kind: "sqs", Service: "SQS", Bytes: quota.MessageBytes, MostBytes: quota.MessageBytes, Attributes: quota.Attributes, Traced: true, Swelling: 1,
}
