package interp

import (
	"math"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

const (
	// WorkLimit is how much work one evaluation may do: as much as it takes to read so many bytes
	// once. An operation counts for 64 of them.
	WorkLimit = 64 << 20
	// MemoryLimit is how many bytes of texts and lists one evaluation may make, those that it drops
	// again included.
	MemoryLimit = 32 << 20

	OperationWork = 64

	// ScalarSize is how many bytes a number takes, and an element of a list beside what it holds.
	ScalarSize = 16
)

// Meter is what is left to one evaluation. Work is charged before it is done, and what would be
// made before it is made, so that no single operation gets past a limit.
type Meter struct {
	work, memory int
	began        int       // what the work was at the start
	args         []ref.Val // those of the calls under way
	constant     bool      // no event: what is evaluated is a constant of the expression
}

// Start begins an evaluation to which no more work is left than that.
func (m *Meter) Start(left int) {
	m.began = max(min(WorkLimit, left), 0)
	m.work, m.memory, m.args = m.began, MemoryLimit, m.args[:0]
}

// Stop ends the evaluation and returns the work that it was: writing its result has a limit of its own.
func (m *Meter) Stop() (work int) {
	work = m.began - m.work
	m.work, m.memory = math.MaxInt, math.MaxInt
	clear(m.args[:cap(m.args)])
	return work
}

// Left is how much work is left.
func (m *Meter) Left() int { return m.work }

// Spend charges work. It panics with what CEL makes the error of the evaluation.
func (m *Meter) Spend(work int) {
	if work < 0 || work > m.work {
		m.work = 0
		if m.began < WorkLimit {
			cancelEvaluation("the expression, with those before it, takes too much work on this event; let them look at less, or loop over less")
		}
		cancelEvaluation("the expression takes too much work on this event; let it look at less, or loop over less")
	}
	m.work -= work
}

// Operations charges the work of n operations.
func (m *Meter) Operations(n int) {
	if n > WorkLimit/OperationWork {
		n = WorkLimit
	}
	m.Spend(n * OperationWork)
}

// Allocate charges memory.
func (m *Meter) Allocate(bytes int) {
	if bytes < 0 || bytes > m.memory {
		m.memory = 0
		cancelEvaluation("the expression makes more text than it may from this event; let it join or repeat less")
	}
	m.memory -= bytes
}

func cancelEvaluation(message string) {
	panic(interpreter.EvalCancelledError{Cause: interpreter.CostLimitExceeded, Message: message})
}

const MeterName = "@meter"

// meterOf returns the meter of an evaluation. Constants are evaluated when the program is made, on
// a meter of their own.
func meterOf(vars cel.Activation) *Meter {
	if v, ok := vars.ResolveName(MeterName); ok {
		return v.(*Meter)
	}
	m := &Meter{constant: true}
	m.Start(WorkLimit)
	return m
}
