package jsontext

import (
	"errors"
	"fmt"
)

// maxPath bounds the path in a dataError: a recursive schema makes paths of any length.
const maxPath = 200

// dataError says where in a value something is wrong.
type dataError struct {
	path string
	err  error
}

func (e *dataError) Error() string { return e.path + ": " + e.err.Error() }

func (e *dataError) Unwrap() error { return e.err }

// Within puts name before the path of err.
func Within(name string, err error) error {
	var e *dataError
	if !errors.As(err, &e) {
		return &dataError{name, err}
	}
	if len(e.path) < maxPath {
		e.path = name + "." + e.path
	}
	return err
}

// Why a value cannot be written as JSON.
var (
	ErrTooDeep  = fmt.Errorf("it nests deeper than %d levels", MaxDepth)
	ErrTooLarge = fmt.Errorf("it is more than %d MiB as JSON", MaxDecoded>>20)
	ErrNotUTF8  = errors.New("a string is not UTF-8")
	ErrShort    = errors.New("it ends too early")
)
