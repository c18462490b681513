package sns

import (
	"bytes"
	"encoding/xml"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
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
func (s *Sink) readResults(answer []byte, results []*sink.Failure) *sink.Failure {
	tally := s.client.Tally(results)
	if scanAccepted(answer, &tally); tally.Complete() {
		return nil
	}
	var doc publishBatchAnswer
	if err := xml.Unmarshal(answer, &doc); err != nil {
		return awsapi.Unreadable("PublishBatch", err)
	}
	tally = s.client.Tally(results)
	for _, e := range doc.Successful {
		tally.Accept([]byte(e.ID))
	}
	for _, e := range doc.Failed {
		tally.Fail(e.ID, e.Code, e.Message, e.SenderFault)
	}
	tally.Close()
	return nil
}

// scanAccepted notes the successes of a whole answer that has no failures, without parsing it.
// Anything unusual is left to the parser by noting nothing. A search is enough, as a bare "<"
// cannot occur in text.
func scanAccepted(answer []byte, tally *awsapi.Tally) {
	if !bytes.HasSuffix(bytes.TrimSpace(answer), endOfAnswer) || bytes.Contains(answer, startFailed) {
		return
	}
	from := bytes.Index(answer, startSuccessful)
	to := bytes.Index(answer, endSuccessful)
	if from < 0 || to < from {
		return
	}
	list := answer[from:to]
	for {
		at := bytes.Index(list, startID)
		if at < 0 {
			return
		}
		list = list[at+len(startID):]
		end := bytes.IndexByte(list, '<')
		if end < 0 {
			return
		}
		tally.Accept(list[:end])
	}
}
