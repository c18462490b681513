package awsapi

// Codes of our own in [sink.Failure], for failures to which no service gave one.
const (
	// CodeCanceled: the caller's context was cancelled.
	CodeCanceled = "canceled"
	// CodeTimeout: the answer did not come in time.
	CodeTimeout = "timeout"
	// CodeConnection: no connection was made: refused, unknown host, failed handshake.
	CodeConnection = "connection"
	// CodeConnectionReset: the connection broke after the request may have been written.
	CodeConnectionReset = "connection_reset"
	// CodeCertificate: the endpoint's certificate is not trusted, or it speaks no TLS.
	CodeCertificate = "tls_certificate"
	// CodeCredentials: no credentials could be had.
	CodeCredentials = "credentials"
	// CodeNoService: an HTTP error that no AWS service wrote, as from a proxy.
	CodeNoService = "no_service_answer"
	// CodeUnreadable: a success that is not complete and well formed.
	CodeUnreadable = "unreadable_answer"
	// CodeMissing: the answer names an entry neither as accepted nor as failed.
	CodeMissing = "missing_from_answer"
	// CodeNotOpen: Send before a successful Open.
	CodeNotOpen = "not_open"
	// CodeFIFOMismatch: the name says FIFO and the destination is not, or the reverse.
	CodeFIFOMismatch = "fifo_mismatch"
)
