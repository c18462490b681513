package routing

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

	operationWork = 64

	// scalarSize is how many bytes a number takes, and an element of a list beside what it holds.
	scalarSize = 16
)

// meter is what is left to one evaluation. Work is charged before it is done, and what would be
// made before it is made, so that no single operation gets past a limit.
type meter struct {
	work, memory int
	began        int       // what the work was at the start
	args         []ref.Val // those of the calls under way
	constant     bool      // no event: what is evaluated is a constant of the expression
}

// start begins an evaluation to which no more work is left than that.
func (m *meter) start(left int) {
	m.began = max(min(WorkLimit, left), 0)
	m.work, m.memory, m.args = m.began, MemoryLimit, m.args[:0]
}

// stop ends the evaluation and returns the work that it was: writing its result has a limit of its own.
func (m *meter) stop() (work int) {
	work = m.began - m.work
	m.work, m.memory = math.MaxInt, math.MaxInt
	clear(m.args[:cap(m.args)])
	return work
}

// Left is how much work is left.
func (m *meter) Left() int { return m.work }

// spend charges work. It panics with what CEL makes the error of the evaluation.
func (m *meter) spend(work int) {
	if work < 0 || work > m.work {
		m.work = 0
		if m.began < WorkLimit {
			exceeded("the expression, with those before it, takes too much work on this event; let them look at less, or loop over less")
		}
		exceeded("the expression takes too much work on this event; let it look at less, or loop over less")
	}
	m.work -= work
}

// operations charges the work of n operations.
func (m *meter) operations(n int) {
	if n > WorkLimit/operationWork {
		n = WorkLimit
	}
	m.spend(n * operationWork)
}

// allocate charges memory.
func (m *meter) allocate(bytes int) {
	if bytes < 0 || bytes > m.memory {
		m.memory = 0
		exceeded("the expression makes more text than it may from this event; let it join or repeat less")
	}
	m.memory -= bytes
}

func exceeded(message string) {
	panic(interpreter.EvalCancelledError{Cause: interpreter.CostLimitExceeded, Message: message})
}

const meterName = "@meter"

// meterOf returns the meter of an evaluation. Constants are evaluated when the program is made, on
// a meter of their own.
func meterOf(vars cel.Activation) *meter {
	if v, ok := vars.ResolveName(meterName); ok {
		return v.(*meter)
	}
	m := &meter{constant: true}
	m.start(WorkLimit)
	return m
}
