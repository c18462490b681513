package awsapi

import (
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/quota"
)

// Tally collects what an answer says of each entry of a batch. Entry ids are positions, "0" to "9";
// other ids are ignored.
type Tally struct {
	client   *Client
	results  []*sink.Failure
	accepted [quota.Entries]bool
}

// Tally starts one over results, which has one element an entry.
func (c *Client) Tally(results []*sink.Failure) Tally {
	return Tally{client: c, results: results}
}

// Accept notes an entry of the list of successes.
func (t *Tally) Accept(id []byte) {
	if i, ok := t.position(string(id)); ok {
		t.accepted[i] = true
	}
}

// Fail notes an entry of the list of failures. An entry in both lists has failed: to send it again
// may duplicate it, to let it go may lose it.
func (t *Tally) Fail(id, code, message string, senderFault bool) {
	i, ok := t.position(id)
	if !ok {
		return
	}
	fault := FaultService
	if senderFault {
		fault = FaultSender
	}
	t.results[i] = &sink.Failure{Class: Classify(code, message, fault, Entry), Code: code, Message: message}
	if t.results[i].Class == sink.Credentials {
		t.client.credentials.invalidate(t.client.clock.local())
	}
}

// Complete tells whether every entry was accepted.
func (t *Tally) Complete() bool {
	for i := range t.results {
		if !t.accepted[i] {
			return false
		}
	}
	return true
}

// Close fails the entries that are in neither list: they were not sent.
func (t *Tally) Close() {
	for i := range t.results {
		if !t.accepted[i] && t.results[i] == nil {
			t.results[i] = &sink.Failure{Class: sink.Transient, Code: CodeMissing, Message: "the answer names this entry neither as accepted nor as failed"}
		}
	}
}

func (t *Tally) position(id string) (int, bool) {
	if len(id) != 1 || id[0] < '0' || int(id[0]-'0') >= len(t.results) {
		return 0, false
	}
	return int(id[0] - '0'), true
}

// Unreadable is the failure of a call whose answer is a success but not whole: the entries may
// have been taken.
func Unreadable(operation string, err error) *sink.Failure {
	return &sink.Failure{Class: sink.Unknown, Code: CodeUnreadable, Message: "the answer to " + operation + " is not whole", Err: err}
}
