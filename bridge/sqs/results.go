package sqs

import (
	"encoding/json"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
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
func (s *Sink) readResults(answer []byte, results []*sink.Failure) *sink.Failure {
	tally := s.client.Tally(results)
	if !readAnswer(answer, &tally) {
		return awsapi.Unreadable("SendMessageBatch", nil)
	}
	tally.Close()
	return nil
}

// readAnswer takes what an answer says of the entries; false where it is none of SendMessageBatch.
func readAnswer(answer []byte, tally *awsapi.Tally) bool {
	end := jsonscan.PassObject(answer, jsonscan.SkipSpace(answer, 0), func(key []byte, at int) int {
		switch string(key) {
		case "Successful":
			return jsonscan.PassArray(answer, at, func(at int) int { return readAccepted(answer, at, tally) })
		case "Failed":
			return jsonscan.PassArray(answer, at, func(at int) int { return readFailed(answer, at, tally) })
		}
		return jsonscan.PassValue(answer, at, 0)
	})
	return end >= 0 && jsonscan.SkipSpace(answer, end) == len(answer)
}

// readAccepted reads the element of Successful at i, and returns the index after it, or -1.
func readAccepted(answer []byte, i int, tally *awsapi.Tally) int {
	var id []byte
	end := jsonscan.PassObject(answer, i, func(key []byte, at int) int {
		end := jsonscan.PassValue(answer, at, 0)
		if end >= 0 && string(key) == "Id" {
			if answer[at] != '"' {
				return -1
			}
			id = answer[at+1 : end-1]
		}
		return end
	})
	if end >= 0 {
		tally.Accept(id)
	}
	return end
}

// readFailed reads an element of Failed likewise; it is rare, so encoding/json will do.
func readFailed(answer []byte, i int, tally *awsapi.Tally) int {
	var e failedEntry
	end := jsonscan.PassValue(answer, i, 0)
	if end < 0 || json.Unmarshal(answer[i:end], &e) != nil {
		return -1
	}
	tally.Fail(e.ID, e.Code, e.Message, e.SenderFault)
	return end
}
