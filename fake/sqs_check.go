package fake

import (
	"bytes"
	"fmt"
	"regexp"
)

const (
	maxEntries      = 10
	maxBatchBytes   = 1 << 20
	maxDelaySeconds = 900
)

// failure is one member of a batch's Failed list.
type failure struct {
	code    string
	message string
	// receiver: the service's fault, SenderFault=false.
	receiver bool
}

func entryInvalid(format string, args ...any) *failure {
	return &failure{code: "InvalidParameterValue", message: fmt.Sprintf(format, args...)}
}

// checkBatch returns the error that fails a whole batch before any entry of it is
// looked at on its own.
func checkBatch(entries []entry, limit int) *Error {
	switch {
	case len(entries) == 0:
		return sqsOld("EmptyBatchRequest", "There should be at least one SendMessageBatchRequestEntry in the request.")
	case len(entries) > maxEntries:
		return sqsOld("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent %d.", len(entries))
	}
	total := 0
	for i := range entries {
		e := &entries[i]
		if !validEntryID(e.id) {
			return sqsOld("InvalidBatchEntryId", "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.")
		}
		for j := range i {
			if bytes.Equal(entries[j].id, e.id) {
				return sqsOld("BatchEntryIdsNotDistinct", "Id %s repeated.", e.id)
			}
		}
		total += e.size()
	}
	if total > limit {
		return sqsOld("BatchRequestTooLong", "Batch requests cannot be longer than %d bytes. You have sent %d bytes.", limit, total)
	}
	return nil
}

// checkParameters returns what makes one entry's parameters fail the call. AWS is
// known to answer so for missing FIFO ids; that it does for the other ids and the
// missing body too is assumed, as the harder case for a sender.
func (q *Queue) checkParameters(e *entry) *Error {
	if len(e.body) == 0 {
		return missingParameter("MessageBody")
	}
	if e.hasGroup && !validToken(e.group) {
		return badToken("MessageGroupId", e.group)
	}
	if e.hasDedup && !validToken(e.dedup) {
		return badToken("MessageDeduplicationId", e.dedup)
	}
	switch {
	case !q.FIFO && e.hasDedup:
		return invalidValue("Value %s for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.", e.dedup)
	case q.FIFO && !e.hasGroup:
		return invalidValue("The request must contain the parameter MessageGroupId.")
	case q.FIFO && !e.hasDedup && !q.contentDedup():
		return invalidValue("The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
	}
	return nil
}

func badToken(parameter string, v []byte) *Error {
	return invalidValue("Value %s for parameter %s is invalid. Reason: %s can only include alphanumeric and punctuation characters. 1 to 128 in length.", v, parameter, parameter)
}

// checkEntry returns what makes one entry fail alone, leaving its neighbours.
func (q *Queue) checkEntry(e *entry) *failure {
	if limit := q.maximumMessageSize(); e.size() > limit {
		return entryInvalid("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", limit)
	}
	if !allowedText(e.body) {
		return &failure{code: "InvalidMessageContents", message: "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF."}
	}
	if e.hasDelay && (e.delay < 0 || e.delay > maxDelaySeconds) {
		return entryInvalid("Value %d for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.", e.delay)
	}
	if q.FIFO && e.hasDelay && e.delay != 0 {
		return entryInvalid("Value %d for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.", e.delay)
	}
	if p := checkAttributes(e.attrs, false); p != "" {
		return entryInvalid("%s", p)
	}
	return checkSystem(e)
}

var traceForm = regexp.MustCompile(`^(Root=)?1-[0-9a-f]{8}-[0-9a-f]{24}(;.*)?$|^([A-Za-z]+=[^;]*;)*Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;.*)?$`)

// checkSystem checks the message system attributes and takes the trace header
// from them. AWSTraceHeader is the only one there is, of type String.
func checkSystem(e *entry) *failure {
	for i := range e.system {
		a := &e.system[i]
		switch {
		case string(a.name) != "AWSTraceHeader":
			return entryInvalid("Message system attribute name '%s' is invalid.", a.name)
		case string(a.typ) != "String" || a.binary:
			return entryInvalid("The message system attribute 'AWSTraceHeader' must be of type String.")
		case !traceForm.Match(a.value):
			return entryInvalid("The message system attribute 'AWSTraceHeader' must hold a valid X-Ray trace header.")
		}
		e.trace = a.value
	}
	return nil
}
