package sns

import (
	"bytes"
	"encoding/xml"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/bridge/aws"
)

// publishBatchAnswer is the part of a PublishBatchResponse that is read where not every entry was
// accepted.
type publishBatchAnswer struct {
	XMLName    xml.Name `xml:"PublishBatchResponse"`
	Successful []struct {
		ID string `xml:"Id"`
	} `xml:"PublishBatchResult>Successful>member"`
	Failed []struct {
		ID          string `xml:"Id"`
		Code        string
		Message     string
		SenderFault bool
	} `xml:"PublishBatchResult>Failed>member"`
}

var (
	endOfAnswer     = []byte("</PublishBatchResponse>")
	startSuccessful = []byte("<Successful>")
	endSuccessful   = []byte("</Successful>")
	startID         = []byte("<Id>")
	startFailed     = []byte("<Failed>")
)

// readResults fills results from the XML answer of an accepted call. An answer that is not whole
// is an Unknown outcome of the call: the entries may have been published.
func (s *Sink) readResults(answer []byte, results []*bridge.Failure) *bridge.Failure {
	if allAccepted(answer, len(results)) {
		return nil
	}
	var doc publishBatchAnswer
	if err := xml.Unmarshal(answer, &doc); err != nil {
		return &bridge.Failure{Class: bridge.Unknown, Code: awsapi.CodeUnreadable, Message: "the answer to PublishBatch is not whole", Err: err}
	}
	var accepted [bridge.MaxBatch]bool
	for _, e := range doc.Successful {
		if i, ok := position([]byte(e.ID), len(results)); ok {
			accepted[i] = true
		}
	}
	for _, e := range doc.Failed {
		if i, ok := position([]byte(e.ID), len(results)); ok {
			results[i] = s.client.EntryFailure(e.Code, e.Message, e.SenderFault)
		}
	}
	for i := range results {
		if !accepted[i] && results[i] == nil {
			results[i] = &bridge.Failure{Class: bridge.Transient, Code: awsapi.CodeMissing, Message: "the answer names this entry neither as accepted nor as failed"}
		}
	}
	return nil
}

// allAccepted tells, without parsing, whether a whole answer lists every entry as successful and
// none as failed. Anything unusual is left to the parser: text inside the elements searched for is
// of the service's making, and a bare "<" cannot occur in it.
func allAccepted(answer []byte, n int) bool {
	if !bytes.HasSuffix(bytes.TrimSpace(answer), endOfAnswer) || bytes.Contains(answer, startFailed) {
		return false
	}
	from := bytes.Index(answer, startSuccessful)
	to := bytes.Index(answer, endSuccessful)
	if from < 0 || to < from {
		return false
	}
	var accepted [bridge.MaxBatch]bool
	found := 0
	for list := answer[from:to]; ; {
		at := bytes.Index(list, startID)
		if at < 0 {
			return found == n
		}
		list = list[at+len(startID):]
		end := bytes.IndexByte(list, '<')
		if end < 0 {
			return false
		}
		if i, ok := position(list[:end], n); ok && !accepted[i] {
			accepted[i] = true
			found++
		}
	}
}

// position reads an entry id of ours.
func position(id []byte, n int) (int, bool) {
	if len(id) != 1 || id[0] < '0' || int(id[0]-'0') >= n {
		return 0, false
	}
	return int(id[0] - '0'), true
}
