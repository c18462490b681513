package awsapi

import (
	"strings"

	"github.com/aws/smithy-go"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Fault is whom the service blames for an error: the SenderFault of an entry, the Type of an XML
// error, the suffix of x-amzn-query-error.
type Fault uint8

// Faults. FaultUnknown is where the answer does not say.
const (
	FaultUnknown Fault = iota
	FaultSender
	FaultService
)

// Scope is what an error speaks of.
type Scope uint8

// Scopes: the whole call, or one entry of an accepted call.
const (
	Call Scope = iota
	Entry
)

// Classify returns the class of an error by its code, in any spelling: JSON type or query code,
// with or without namespace. The text decides only where one code covers both the destination and
// the record (see namesDestination).
//
// Codes that nobody listed are placed so that no good record is lost or dead-lettered:
//   - an entry that AWS calls the sender's fault is Poison: its neighbours were accepted by the
//     same call, so the destination works, and sending it again cannot help;
//   - a call that is the sender's fault is Configuration, and ambiguous: it waits and is seen, unless
//     others pass;
//   - anything else is Transient.
func Classify(code, message string, fault Fault, scope Scope) sink.Class {
	class, ok := lookUp(code)
	switch {
	case ok && class == sink.Poison:
		if namesDestination(message) {
			return sink.Configuration
		}
		if scope == Entry && fault == FaultService {
			return sink.Transient // AWS takes the blame: the entry is sent again
		}
		return class
	case ok:
		return class
	case fault != FaultSender:
		return sink.Transient
	case scope == Entry:
		return sink.Poison
	default:
		return sink.Configuration
	}
}

// lookUp finds the class of a code, then of its bare form, then of its family.
func lookUp(code string) (sink.Class, bool) {
	if class, ok := classes[code]; ok {
		return class, true
	}
	bare := code
	if i := strings.LastIndexByte(bare, '#'); i >= 0 {
		bare = bare[i+1:]
	}
	bare, _, _ = strings.Cut(bare, ":")
	bare = strings.TrimPrefix(bare, "AWS.SimpleQueueService.")
	if class, ok := classes[bare]; ok {
		return class, true
	}
	if class, ok := classes[strings.TrimSuffix(bare, "Exception")]; ok {
		return class, true
	}
	switch {
	case strings.Contains(bare, "Throttl"):
		return sink.Throttled, true
	case strings.HasPrefix(bare, "Kms"), strings.HasPrefix(bare, "KMS"), strings.HasPrefix(bare, "AccessDenied"):
		return sink.Configuration, true
	}
	return 0, false
}

// namesDestination tells whether an error about a parameter is about the queue's or topic's
// address. InvalidParameter and InvalidParameterValue cover that as well as the message, and only
// the text tells them apart. The texts are the services' fixed phrases and are matched so that a
// record which merely quotes a parameter's name does not look like one:
//
//	Invalid parameter: TopicArn Reason: …                         (SNS)
//	Value … for parameter QueueUrl is invalid. Reason: …          (SQS)
//	The request must contain the parameter QueueUrl.              (SQS)
func namesDestination(message string) bool {
	if strings.Contains(message, "for parameter QueueUrl is invalid") ||
		strings.HasPrefix(message, "The request must contain the parameter QueueUrl") {
		return true
	}
	name := strings.TrimPrefix(message, "Invalid parameter: ")
	return strings.HasPrefix(name, "TopicArn") || strings.HasPrefix(name, "TargetArn")
}

func faultOf(f smithy.ErrorFault) Fault {
	switch f {
	case smithy.FaultClient:
		return FaultSender
	case smithy.FaultServer:
		return FaultService
	default:
		return FaultUnknown
	}
}
