package sqs

import (
	"encoding/json"

	"github.com/sluice-bridge/sluice/bridge"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
)

// failedEntry is a BatchResultErrorEntry.
type failedEntry struct {
	ID          string `json:"Id"`
	Code        string
	Message     string
	SenderFault bool
}

// readResults fills results from the JSON answer of an accepted call. An answer that is not whole
// is an Unknown outcome of the call: the entries may have been stored.
//
// Bodies are not compared with MD5OfMessageBody: they are valid UTF-8 by contract, so the service
// stores the bytes sent, and TLS guards the way.
func (s *Sink) readResults(answer []byte, results []*bridge.Failure) *bridge.Failure {
	tally := s.client.Tally(results)
	r := reader{data: answer}
	r.object(func(key []byte) {
		switch string(key) {
		case "Successful":
			r.array(func() { tally.Accept(r.entryID()) })
		case "Failed":
			r.array(func() { readFailed(&r, &tally) })
		default:
			r.skip()
		}
	})
	if !r.done() {
		return awsapi.Unreadable("SendMessageBatch", nil)
	}
	tally.Close()
	return nil
}

// readFailed reads one element of Failed; it is rare, so encoding/json will do.
func readFailed(r *reader, tally *awsapi.Tally) {
	var e failedEntry
	start := r.at
	r.skip()
	if r.bad || json.Unmarshal(r.data[start:r.at], &e) != nil {
		r.bad = true
		return
	}
	tally.Fail(e.ID, e.Code, e.Message, e.SenderFault)
}
