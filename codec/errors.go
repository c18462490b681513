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

// maxPath bounds the path in a dataError: a recursive schema makes paths of any length.
const maxPath = 200

// dataError says where in a value something is wrong.
type dataError struct {
	path string
	err  error
}

func (e *dataError) Error() string { return e.path + ": " + e.err.Error() }

func (e *dataError) Unwrap() error { return e.err }

// within puts name before the path of err.
func within(name string, err error) error {
	var e *dataError
	if !errors.As(err, &e) {
		return &dataError{name, err}
	}
	if len(e.path) < maxPath {
		e.path = name + "." + e.path
	}
	return err
}

var (
	errTooDeep  = fmt.Errorf("it nests deeper than %d levels", MaxDepth)
	errTooLarge = fmt.Errorf("it is more than %d MiB as JSON", maxDecoded>>20)
	errNotUTF8  = errors.New("a string is not UTF-8")
	errShort    = errors.New("it ends too early")
)
