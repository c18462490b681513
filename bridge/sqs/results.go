package sqs

import (
	"encoding/json"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/bridge/aws"
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
	var accepted [bridge.MaxBatch]bool
	r := reader{data: answer}
	r.object(func(key []byte) {
		switch string(key) {
		case "Successful":
			r.array(func() {
				if i, ok := position(r.entryID(), len(results)); ok {
					accepted[i] = true
				}
			})
		case "Failed":
			r.array(func() { s.readFailed(&r, results) })
		default:
			r.skip()
		}
	})
	if !r.done() {
		return &bridge.Failure{Class: bridge.Unknown, Code: awsapi.CodeUnreadable, Message: "the answer to SendMessageBatch is not whole"}
	}
	for i := range results {
		if !accepted[i] && results[i] == nil {
			results[i] = &bridge.Failure{Class: bridge.Transient, Code: awsapi.CodeMissing, Message: "the answer names this entry neither as accepted nor as failed"}
		}
	}
	return nil
}

// readFailed reads one element of Failed; it is rare, so encoding/json will do.
func (s *Sink) readFailed(r *reader, results []*bridge.Failure) {
	var e failedEntry
	start := r.at
	r.skip()
	if r.bad || json.Unmarshal(r.data[start:r.at], &e) != nil {
		r.bad = true
		return
	}
	if i, ok := position([]byte(e.ID), len(results)); ok {
		results[i] = s.client.EntryFailure(e.Code, e.Message, e.SenderFault)
	}
}

// position reads an entry id of ours.
func position(id []byte, n int) (int, bool) {
	if len(id) != 1 || id[0] < '0' || int(id[0]-'0') >= n {
		return 0, false
	}
	return int(id[0] - '0'), true
}
