package interp

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"

	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// construction is a list or map in the expression.
type construction struct {
	interpreter.InterpretableConstructor
	parts        int
	computedKeys bool
}

func newConstruction(i interpreter.InterpretableConstructor) *construction {
	vals := i.InitVals()
	c := &construction{InterpretableConstructor: i, parts: len(vals)}
	if i.Type() == types.MapType {
		for k := 0; k < len(vals); k += 2 {
			if _, constant := vals[k].(interpreter.InterpretableConst); !constant {
				c.computedKeys = true
			}
		}
	}
	return c
}

// Exec implements interpreter.InterpretableV2.
func (c *construction) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	m, n := meterOf(frame), 1+c.parts
	m.Operations(n)
	m.Allocate(n * 2 * ScalarSize)
	made := c.InterpretableConstructor.Exec(frame)
	if of, ok := made.(traits.Mapper); ok && c.computedKeys {
		for it := of.Iterator(); it.HasNext() == types.True; {
			// CEL would find it only where the very same value is asked for.
			if _, ok := it.Next().(*number.Written); ok {
				return types.NewErr("a number of more digits than a double has cannot be a key; make it a text with string()")
			}
		}
	}
	return made
}
