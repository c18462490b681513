// Package sinktest is the conformance suite that every kind of sink passes before the bridge may
// use it. A sink's own test makes a Fixture and calls Run.
//
// The suite stands on the far side of the wire: its Server decodes each request by itself and
// answers as it is told, so that a sink is checked by what it sends and by what it makes of the
// answer, in the service's words.
package sinktest

import (
	"net/http"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Fixture is a kind of sink under test.
type Fixture struct {
	// Wire is the protocol the sink speaks.
	Wire Wire
	// New makes a sink, not yet opened, for the destination named Name (and ".fifo" where fifo is
	// set) at an endpoint. It configures the AWS SDK from the environment, which the suite sets.
	New func(t testing.TB, endpoint string, fifo bool) sink.Sink
	// Features of the kind.
	Features Features
}

// Name of the queue or topic the fixture's sink sends to.
const Name = "conformance"

// Features that not every kind of sink has.
type Features struct {
	// Subject: Message.Subject is sent.
	Subject bool
	// TraceHeader: Message.TraceHeader is sent.
	TraceHeader bool
}

// Sent is one entry as the service decodes it: the values and the data types of its attributes by name.
type Sent struct {
	ID, Body, GroupID, DeduplicationID, TraceHeader, Subject string
	Attributes, Types                                        map[string]string
}

func (s *Sent) add(attribute, dataType, value string) {
	if s.Attributes == nil {
		s.Attributes, s.Types = map[string]string{}, map[string]string{}
	}
	s.Attributes[attribute], s.Types[attribute] = value, dataType
}

// Wire is a protocol, from the service's side.
type Wire interface {
	// Decode returns the operation and, for a send, its entries.
	Decode(r *http.Request, body []byte) (operation string, entries []Sent, err error)
	// SendOperation is the operation that sends a batch.
	SendOperation() string
	// Describe answers a look-up, of a FIFO destination or another, with a limit in bytes for one
	// message; 0 is left out.
	Describe(operation string, fifo bool, limit int) Reply
	// Results answers a send entry by entry.
	Results([]Outcome) Reply
	// Error answers a call with an error.
	Error(Error) Reply
	// Errors are the call-level errors of the service and what they mean.
	Errors() []Row
	// Missing is the error of a destination that does not exist, Denied that of a look-up that is
	// not allowed.
	Missing() Error
	Denied() Error
}

// Reply is an HTTP answer.
type Reply struct {
	Status int
	Header map[string]string
	Body   string
}

// Outcome is what became of one entry. The zero value is accepted.
type Outcome struct {
	// Code of a failed entry.
	Code        string
	Message     string
	SenderFault bool
	// Omit leaves the entry out of the answer.
	Omit bool
}

// Error is a call-level error.
type Error struct {
	Status int
	// Code in the protocol's own spelling; Old is SQS's older one, sent beside it.
	Code, Old string
	Message   string
	// Receiver: the service takes the blame, not the sender.
	Receiver bool
}

// Row is an error and its class.
type Row struct {
	Error Error
	Class sink.Class
}

// Run runs the whole suite. It sets environment variables, so the calling test cannot be parallel.
func Run(t *testing.T, f Fixture) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"opens", testOpens},
		{"opens without the right to look up", testOpensDenied},
		{"refuses a kind that contradicts the name", testFIFOMismatch},
		{"opens again after a failure", testOpensAgain},
		{"looks at the limits again", testLimitsAgain},
		{"sends every part of a message", testContents},
		{"sends any text unchanged", testTexts},
		{"sends one message and ten", testBatchSizes},
		{"sends at the size limits", testLimits},
		{"reports entries one by one", testPartialFailure},
		{"reports a missing entry", testMissingEntry},
		{"classifies the service's errors", testErrors},
		{"classifies answers that are not the service's", testForeignAnswers},
		{"does not know the outcome of an answer cut short", testCutAnswers},
		{"does not know the outcome after a timeout", testTimeout},
		{"does not know the outcome after a reset", testReset},
		{"is refused a connection", testRefused},
		{"stops when cancelled", testCancelled},
		{"drops expired credentials", testExpired},
		{"has no credentials", testNoCredentials},
		{"is safe for concurrent use", testConcurrency},
		{"keeps connections", testKeepAlive},
		{"leaves nothing behind", testLeaks},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, f) })
	}
}
