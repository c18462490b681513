package awsapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Ready fetches credentials where none are cached. Called before a look-up it separates their
// failure from the service's.
func (c *Client) Ready(ctx context.Context) *sink.Failure {
	_, failure := c.credentials.retrieve(ctx)
	if failure != nil && failure.Class == sink.Credentials {
		c.credentials.invalidate(c.clock.local())
	}
	return failure
}

// LookupFailure classifies an error of the SDK's clients. It is never Poison: a look-up carries no
// record that could be at fault.
func (c *Client) LookupFailure(ctx context.Context, err error) *sink.Failure {
	var status *awshttp.ResponseError
	answered := errors.As(err, &status)
	api := smithy.APIError(nil)
	if errors.As(err, &api) && api.ErrorCode() != "" && api.ErrorCode() != "UnknownError" {
		class := Classify(api.ErrorCode(), api.ErrorMessage(), faultOf(api.ErrorFault()), Call)
		switch class {
		case sink.Poison:
			class = sink.Configuration
		case sink.Credentials:
			c.credentials.invalidate(c.clock.local())
		}
		return &sink.Failure{Class: class, Code: api.ErrorCode(), Message: api.ErrorMessage(), Err: err}
	}
	if answered && status.HTTPStatusCode() != 0 && status.HTTPStatusCode() != http.StatusOK {
		f := noService(&Answer{Status: status.HTTPStatusCode()})
		f.Message, f.Err = err.Error(), err
		return f
	}
	if strange := (*smithy.DeserializationError)(nil); answered && errors.As(err, &strange) {
		return &sink.Failure{Class: sink.Transient, Code: CodeUnreadable, Message: "the answer to a look-up is none", Err: err}
	}
	return networkFailure(ctx, err, false)
}

// RefusedBy is the code with which a service has refused a look-up; empty where none has.
func RefusedBy(err error) string {
	if api := smithy.APIError(nil); errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// Missing tells whether a look-up failed because there is no such queue or topic.
func Missing(f *sink.Failure) bool {
	return strings.Contains(f.Code, "QueueDoesNotExist") || strings.Contains(f.Code, "NonExistentQueue") ||
		strings.HasPrefix(f.Code, "NotFound") || strings.HasPrefix(f.Code, "ResourceNotFound")
}

// Denied tells whether a look-up failed because it is not allowed or not known there, as with
// emulators that only take messages, so that the service's defaults have to do. Whether the
// destination works the first send tells.
func Denied(f *sink.Failure) bool {
	switch {
	case f == nil:
		return false
	case f.Code == CodeUnreadable, f.Code == CodeNoService && f.Class == sink.Configuration:
		return true
	}
	for _, code := range []string{"AccessDenied", "AuthorizationError", "UnsupportedOperation", "InvalidAction", "UnknownOperation", "InvalidAttributeName", "NotImplemented"} {
		if strings.HasPrefix(f.Code, code) {
			return true
		}
	}
	return false
}
