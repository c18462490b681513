package forecast

import (
	"errors"
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/codec"
)

// UnexplainedError says why it cannot be said what becomes of a record: a schema of its value does not come.
type UnexplainedError struct{ Err error }

// Error implements error.
func (u UnexplainedError) Error() string { return u.Err.Error() }

// Unwrap returns the reason.
func (u UnexplainedError) Unwrap() error { return u.Err }

// schemas waits for those of values.
type schemas struct {
	registry *codec.Registry // nil where there is none
	patience time.Duration
	// silent is set where a schema was waited for in vain; it is closed when the registry answers.
	silent <-chan struct{}
}

// await tries to decode until the schema is there. Where the registry does not answer, it is waited for only once,
// until it does.
func (s *schemas) await(try func() error) error {
	var late <-chan time.Time
	for {
		var changed <-chan struct{}
		if s.registry != nil {
			changed = s.registry.Changed() // before the look, so that nothing is missed
		}
		err := try()
		if !errors.Is(err, codec.ErrPending) {
			return err
		}
		if s.keepsSilent() {
			return s.missing()
		}
		if late == nil {
			late = time.After(s.patience)
		}
		select {
		case <-changed:
		case <-late:
			s.silent = changed
			return s.missing()
		}
	}
}

func (s *schemas) keepsSilent() bool {
	if s.silent == nil {
		return false
	}
	select {
	case <-s.silent:
		s.silent = nil
		return false
	default:
		return true
	}
}

func (s *schemas) missing() error {
	why, _ := s.registry.Trouble()
	if why == "" {
		why = fmt.Sprintf("it has not answered within %v; check schema_registry.urls and the network, or give a longer timeout", s.patience)
	}
	return fmt.Errorf("the schema registry gives no schema for it: %s", why)
}

func (s *schemas) close() {
	if s.registry != nil {
		s.registry.Close()
	}
}
