package awsapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// networkFailure classifies a request that got no answer. written says that some of it may have
// reached the service, which then may have stored the batch. ctx is the caller's, not the one with
// the client's own timeout.
func networkFailure(ctx context.Context, err error, written bool) *sink.Failure {
	f := &sink.Failure{Class: sink.Transient, Code: CodeConnection, Message: err.Error(), Err: err}
	switch {
	case untrusted(err):
		f.Class, f.Code = sink.Configuration, CodeCertificate
		return f
	case errors.Is(ctx.Err(), context.Canceled):
		f.Code = CodeCanceled
	case errors.Is(err, errLongAnswer):
		f.Code = CodeUnreadable
	case written && timedOut(err):
		f.Code = CodeTimeout
	case written:
		f.Code = CodeConnectionReset
	}
	if written {
		f.Class = sink.Unknown
	}
	return f
}

// untrusted tells a certificate that will not do, which no repetition mends, from a handshake that
// failed on the way.
func untrusted(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var plain tls.RecordHeaderError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &invalid) || errors.As(err, &plain) || errors.Is(err, http.ErrSchemeMismatch)
}

func timedOut(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}
