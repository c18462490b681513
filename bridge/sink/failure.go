package sink

import "github.com/sluice-bridge/sluice/internal/excerpt"

// Class says what a failed send means, and so what is done about it. It is decided by the error's
// type and code, never by text, and by HTTP status only where no service wrote the answer. Their
// order is that of severity: of the failures in one request the gravest decides what its lane does. Poison, which
// is the message's and not the destination's, decides nothing.
type Class uint8

const (
	// Throttled: AWS asks for less (RequestThrottled, Throttling, KMS throttling). Retried for
	// ever with backoff, at lower concurrency.
	Throttled Class = iota + 1
	// Transient: the service failed or could not be reached before the request was written.
	// Retried with backoff.
	Transient
	// Unknown outcome: the request was written and no answer came. Retried with backoff; a
	// standard queue may receive the message twice, a FIFO queue drops the repeat.
	Unknown
	// Configuration: the destination is broken, not the record (missing queue, denied, KMS key
	// disabled). Never dead-lettered, unless it is ambiguous: the lane waits, probes, and resumes by
	// itself.
	Configuration
	// Credentials: expired, unknown or badly signed. The cached credentials are dropped, one
	// retry follows at once, then it is treated as Configuration.
	Credentials
	// Poison: this message will never be accepted. For a whole call it means that at least one of
	// its entries is: the batch is split until the guilty one is alone, which is dead-lettered.
	Poison
)

// String is the bounded name used as metric label and in logs.
func (c Class) String() string {
	switch c {
	case Throttled:
		return "throttled"
	case Transient:
		return "transient"
	case Unknown:
		return "unknown_outcome"
	case Configuration:
		return "configuration"
	case Credentials:
		return "credentials"
	case Poison:
		return "poison"
	default:
		return "unclassified"
	}
}

// Failure is why AWS did not take a message, or a whole request.
type Failure struct {
	Class Class
	// Code is the service's error code ("RequestThrottled"), or a bounded name of our own for
	// failures without one ("timeout", "connection").
	Code string
	// Ambiguous is set with Configuration where nothing tells whether the destination is refused, or what
	// this request carries: an answer that no service wrote, a code that nobody has listed. The call is
	// split as for Poison; a message that is refused alone, again and again, while others pass, is
	// dead-lettered.
	Ambiguous bool
	// Message is the service's text, for logs and dead letters; never a metric label.
	Message string
	// Err is the cause where there is one.
	Err error
}

// Error gives code and text.
func (f *Failure) Error() string {
	if f.Message == "" {
		return f.Code
	}
	return f.Code + ": " + excerpt.Failure(f.Message)
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }
