package fake

import (
	"fmt"
	"net/http"
)

// Error is a call-level error in the words of one service.
type Error struct {
	// Type is the shape name that goes into __type of an AWS JSON answer. Empty
	// means the same as Code. The namespace is added when it is written.
	Type string
	// Code is the error code of the AWS Query protocol: the Code element of an
	// XML answer, and the x-amzn-query-error header of a JSON answer.
	Code string
	// Message is the text.
	Message string
	// Status is the HTTP status; 0 means 400.
	Status int
	// Receiver marks an error that is the service's fault, not the sender's.
	Receiver bool
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func (e *Error) status() int {
	if e.Status == 0 {
		return http.StatusBadRequest
	}
	return e.Status
}

func (e *Error) fault() string {
	if e.Receiver {
		return "Receiver"
	}
	return "Sender"
}

// jsonType is the __type value. Errors that the SQS model names live in the
// service's namespace, everything else in the framework's.
func (e *Error) jsonType() string {
	t := e.Type
	if t == "" {
		t = e.Code
	}
	if modelled[t] {
		return "com.amazonaws.sqs#" + t
	}
	return "com.amazon.coral.service#" + t
}

// modelled lists the error shapes of the SQS API model (2012-11-05) that this
// endpoint answers with.
var modelled = map[string]bool{
	"BatchEntryIdsNotDistinct": true, "BatchRequestTooLong": true, "EmptyBatchRequest": true,
	"InvalidAddress": true, "InvalidAttributeName": true, "InvalidAttributeValue": true,
	"InvalidBatchEntryId": true, "InvalidIdFormat": true, "InvalidMessageContents": true,
	"InvalidSecurity": true, "KmsAccessDenied": true, "KmsDisabled": true,
	"KmsInvalidKeyUsage": true, "KmsInvalidState": true, "KmsNotFound": true,
	"KmsOptInRequired": true, "KmsThrottled": true, "MessageNotInflight": true, "OverLimit": true,
	"PurgeQueueInProgress": true, "QueueDeletedRecently": true, "QueueDoesNotExist": true,
	"QueueNameExists": true, "ReceiptHandleIsInvalid": true, "RequestThrottled": true,
	"ResourceNotFoundException": true, "TooManyEntriesInBatchRequest": true,
	"UnsupportedOperation": true,
}

// sqsOld returns an error whose Query-protocol code carries the prefix of the
// old SQS API.
func sqsOld(name, format string, args ...any) *Error {
	return &Error{Type: name, Code: "AWS.SimpleQueueService." + name, Message: fmt.Sprintf(format, args...)}
}

func sqsQueueMissing() *Error {
	return &Error{Type: "QueueDoesNotExist", Code: "AWS.SimpleQueueService.NonExistentQueue",
		Message: "The specified queue does not exist."}
}

func invalidValue(format string, args ...any) *Error {
	return &Error{Type: "InvalidParameterValueException", Code: "InvalidParameterValue",
		Message: fmt.Sprintf(format, args...)}
}

func missingParameter(name string) *Error {
	return &Error{Type: "MissingRequiredParameterException", Code: "MissingParameter",
		Message: "The request must contain the parameter " + name + "."}
}

func malformed(err error) *Error {
	return &Error{Type: "SerializationException", Code: "SerializationException", Message: err.Error()}
}

func invalidParameter(format string, args ...any) *Error {
	return &Error{Code: "InvalidParameter", Message: "Invalid parameter: " + fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) *Error {
	return &Error{Code: "NotFound", Message: fmt.Sprintf(format, args...), Status: http.StatusNotFound}
}
