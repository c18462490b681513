package fake

import (
	"net/http"
	"time"
)

// The constructors below return the effects that a sender has to tell apart. Codes
// and statuses are those of the service models (SQS 2012-11-05, SNS 2010-03-31)
// and of the common errors of the API references.

// ErrorEffect answers with the same error from every service.
func ErrorEffect(e Error) Effect { return Effect{Answer: &Answer{SQS: e, SNS: e, STS: e}} }

func rows(sqs, sns Error) Effect { return Effect{Answer: &Answer{SQS: sqs, SNS: sns, STS: sns}} }

// Throttle answers RequestThrottled (HTTP 403) from SQS, Throttling (400) from SNS.
func Throttle() Effect {
	return rows(
		Error{Code: "RequestThrottled", Status: http.StatusForbidden, Message: "Request is throttled."},
		Error{Code: "Throttling", Message: "Rate exceeded"})
}

// ThrottlingException answers the framework's throttling error; from SNS its
// modelled Throttled (429).
func ThrottlingException() Effect {
	return rows(
		Error{Type: "ThrottlingException", Code: "ThrottlingException", Message: "Rate exceeded"},
		Error{Code: "Throttled", Status: http.StatusTooManyRequests, Message: "Rate exceeded"})
}

// KMSThrottle answers that the key service throttles, HTTP 400.
func KMSThrottle() Effect {
	return rows(
		Error{Type: "KmsThrottled", Code: "KMS.ThrottlingException", Message: "You have exceeded the rate at which you may call KMS."},
		Error{Code: "KMSThrottling", Message: "You have exceeded the rate at which you may call KMS."})
}

// InternalError answers HTTP 500 in the service's words.
func InternalError() Effect {
	return ErrorEffect(Error{Type: "InternalFailure", Code: "InternalError", Status: http.StatusInternalServerError,
		Receiver: true, Message: "We encountered an internal error. Please try again."})
}

// ServiceUnavailable answers HTTP 503 in the service's words.
func ServiceUnavailable() Effect {
	return ErrorEffect(Error{Code: "ServiceUnavailable", Status: http.StatusServiceUnavailable, Receiver: true,
		Message: "Service is unavailable."})
}

// OverLimit answers that a limit is exceeded, HTTP 403.
func OverLimit() Effect {
	return ErrorEffect(Error{Code: "OverLimit", Status: http.StatusForbidden, Message: "The specified action violates a limit."})
}

// QueueMissing answers that the queue or topic does not exist.
func QueueMissing() Effect { return rows(*sqsQueueMissing(), *notFound("Topic does not exist")) }

// AccessDenied answers that the identity may not send, HTTP 403.
func AccessDenied() Effect {
	return rows(
		Error{Type: "AccessDeniedException", Code: "AccessDenied", Status: http.StatusForbidden, Message: "Access to the resource is denied: not authorized to perform: sqs:sendmessage."},
		Error{Code: "AuthorizationError", Status: http.StatusForbidden, Message: "Not authorized to perform: SNS:Publish."})
}

// KMSAccessDenied answers that the identity may not use the key.
func KMSAccessDenied() Effect {
	return kms("AccessDenied", "AccessDeniedException", http.StatusBadRequest)
}

// KMSDisabled answers that the key is disabled.
func KMSDisabled() Effect { return kms("Disabled", "DisabledException", http.StatusBadRequest) }

// KMSInvalidState answers that the key is in no usable state, such as pending
// deletion.
func KMSInvalidState() Effect {
	return kms("InvalidState", "InvalidStateException", http.StatusBadRequest)
}

// KMSNotFound answers that the key does not exist.
func KMSNotFound() Effect { return kms("NotFound", "NotFoundException", http.StatusBadRequest) }

// KMSOptIn answers that the account has no subscription to the key service.
func KMSOptIn() Effect { return kms("OptInRequired", "OptInRequired", http.StatusForbidden) }

func kms(name, old string, status int) Effect {
	const text = "The request was rejected by KMS."
	return rows(
		Error{Type: "Kms" + name, Code: "KMS." + old, Status: status, Message: text},
		Error{Code: "KMS" + name, Status: status, Message: text})
}

// InvalidSecurity answers that the request's security is wrong, HTTP 403.
func InvalidSecurity() Effect {
	return ErrorEffect(Error{Code: "InvalidSecurity", Status: http.StatusForbidden, Message: "The request was not made over HTTPS or did not use SigV4 for signing."})
}

// UnsupportedOperation answers that the target does not do that.
func UnsupportedOperation() Effect {
	return rows(*sqsOld("UnsupportedOperation", "Unsupported operation."), Error{Code: "EndpointDisabled", Message: "Endpoint is disabled."})
}

// ExpiredToken answers that the session token has expired, HTTP 403.
func ExpiredToken() Effect {
	return ErrorEffect(*errExpiredToken())
}

// InvalidClientToken answers that the access key does not exist, HTTP 403.
func InvalidClientToken() Effect {
	return ErrorEffect(*errUnknownKey())
}

// BadSignature answers that the signature does not match, HTTP 403.
func BadSignature() Effect {
	return ErrorEffect(*errBadSignature("The request signature we calculated does not match the signature you provided."))
}

// Poison answers that a message is at fault: a call-level error that only some
// message of the call has earned. Select that message with [Fault.When].
func Poison() Effect {
	return rows(*invalidValue("One or more parameters are invalid."), *invalidParameter("Message"))
}

// BatchTooLong answers that the batch is too long.
func BatchTooLong() Effect {
	return rows(*sqsOld("BatchRequestTooLong", "Batch requests cannot be longer than 1048576 bytes."),
		Error{Code: "BatchRequestTooLong", Message: "The length of all the messages put together is more than the limit."})
}

// FailEntry puts an entry into the Failed list.
func FailEntry(code string, senderFault bool) Effect {
	return Effect{FailEntry: &EntryFailure{Code: code, SenderFault: senderFault, Message: "Injected failure."}}
}

// DropEntry leaves an entry out of both lists.
func DropEntry() Effect { return Effect{DropEntry: true} }

// Latency delays the request.
func Latency(d time.Duration) Effect { return Effect{Latency: d} }

// Hold holds the request until the channel is closed.
func Hold(gate <-chan struct{}) Effect { return Effect{Gate: gate} }

// Silence takes the request and never answers it.
func Silence() Effect { return Effect{Silence: true} }

// Reset reads the request and resets the connection; nothing is stored.
func Reset() Effect { return Effect{Reset: true} }

// Truncated stores, and breaks off in the middle of the answer.
func Truncated() Effect { return Effect{Truncate: true} }

// HTMLError answers as a load balancer does, with a page instead of an error.
func HTMLError(status int) Effect {
	return Effect{HTTP: &HTTPAnswer{Status: status, ContentType: "text/html",
		Body: "<html><body><h1>" + http.StatusText(status) + "</h1></body></html>\n"}}
}

// Stored is the same effect after the messages were stored: the sender is told
// that the request failed, or nothing, and it did not fail.
func (e Effect) Stored() Effect {
	e.Store = true
	return e
}
