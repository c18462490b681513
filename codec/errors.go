package codec

import (
	"errors"
	"fmt"
)

// ErrPending says that a value's schema is not known yet and is being fetched. The record has to
// wait: decode it again once Registry.Changed fires, or after a short time.
var ErrPending = errors.New("the schema is not known yet")

// Reason is why a value is undecodable: a bounded set, fit for a metric label.
type Reason string

const (
	// ReasonHeader: the value does not begin with the id of a schema.
	ReasonHeader Reason = "header"
	// ReasonUnknownSchema: the registry says that it has no such schema.
	ReasonUnknownSchema Reason = "unknown_schema"
	// ReasonBadSchema: the schema cannot be used.
	ReasonBadSchema Reason = "bad_schema"
	// ReasonSchemaType: the schema is of another type than the topic's format.
	ReasonSchemaType Reason = "schema_type"
	// ReasonData: the value is not what its schema says.
	ReasonData Reason = "data"
)

// UndecodableError says that a value will not decode however often it is tried.
type UndecodableError struct {
	Reason Reason
	// Schema is the id of the schema; empty where there is none.
	Schema string
	Err    error
}

func (e *UndecodableError) Error() string {
	switch {
	case e.Schema == "":
		return e.Err.Error()
	case e.Reason == ReasonData:
		return fmt.Sprintf("the value does not fit schema %s: %v", e.Schema, e.Err)
	}
	return fmt.Sprintf("schema %s: %v", e.Schema, e.Err)
}

func (e *UndecodableError) Unwrap() error { return e.Err }
