package interp

import (
	"slices"
	"sync/atomic"

	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
	"github.com/sluice-bridge/sluice/routing/expr/number"
	"github.com/sluice-bridge/sluice/routing/expr/remedy"
)

// CEL counts the cost of a call when it has been made, and knows for few functions how much they
// make. meteredCalls therefore puts a call of our own in the place of CEL's, which charges for it before.
// For textFails see absentIsNull.
func meteredCalls(textFails bool, ruleOf func(function string) CallRule) func(interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	return func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		switch i := i.(type) {
		case *call, *construction, interpreter.InterpretableConst:
			return i, nil
		case interpreter.InterpretableConstructor:
			return newConstruction(i), nil
		case interpreter.InterpretableCall:
			rule := ruleOf(i.Function())
			if textFails && i.Function() == dialect.HasName {
				rule.Own = hasDecoded
			}
			return newCall(i, rule)
		}
		return i, nil
	}
}

type call struct {
	interpreter.InterpretableCall
	args []interpreter.InterpretableV2
	impl *functions.Overload
	rule CallRule
	last atomic.Pointer[remedy.Failure] // one that lasts
}

// CallRule says what a function costs, and replaces functions whose cost has no bound of use.
type CallRule struct {
	Charge func(*Meter, []ref.Val)
	Own    func(*Meter, []ref.Val) ref.Val // nil, or gives nil: CEL's
	AsCame bool                            // takes numbers of the value that no double means
}

func newCall(i interpreter.InterpretableCall, rule CallRule) (interpreter.InterpretableV2, error) {
	c := &call{InterpretableCall: i, args: i.Args(), rule: rule}
	if len(c.args) == 0 {
		return i, nil
	}
	if i.Function() == overloads.Matches {
		return newMatch(c)
	}
	all, err := dialect.Implementations()
	if err != nil {
		return nil, err
	}
	if c.impl = all[i.OverloadID()]; c.impl == nil {
		c.impl = all[i.Function()]
	}
	return c, c.failsAlways()
}

// failsAlways is the error of a function of constants, such as 1/0. CEL itself tries conversions only.
func (c *call) failsAlways() error {
	if !slices.Contains(dialect.Arithmetic, c.Function()) && !slices.Contains(dialect.Decoders, c.Function()) {
		return nil
	}
	for _, arg := range c.args {
		if _, constant := arg.(interpreter.InterpretableConst); !constant {
			return nil
		}
	}
	if err, failed := c.Eval(interpreter.EmptyActivation()).(*types.Err); failed {
		return err
	}
	return nil
}

// Exec implements interpreter.InterpretableV2.
func (c *call) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	m := meterOf(frame)
	m.Spend(OperationWork)
	base := len(m.args)
	failed, lenient := ref.Val(nil), c.impl != nil && c.impl.NonStrict
	for _, arg := range c.args {
		v := arg.Exec(frame)
		if failed = v; !types.IsUnknownOrError(v) || lenient {
			failed = nil
			if !c.rule.AsCame {
				v = number.Nearest(v)
			}
			m.args = append(m.args, v)
			continue
		}
		break
	}
	if failed != nil {
		m.args = m.args[:base]
		return failed
	}
	args := m.args[base:]
	if c.rule.Charge != nil {
		c.rule.Charge(m, args)
	}
	result := c.invoke(m, args, lenient)
	if e, ok := result.(*types.Err); ok {
		result = c.failed(m, args, e)
	}
	m.args = m.args[:base]
	return result
}

// failed says why, and where if no event brought it about. Events lack the same field time and again.
func (c *call) failed(m *Meter, args []ref.Val, err *types.Err) ref.Val {
	if last := c.last.Load(); last != nil && last.Explains(args, err) {
		return last.Value
	}
	f := remedy.NewFailure(c.Function(), c.ID(), args, err)
	if m.constant {
		return types.NewErrWithNodeID(c.ID(), "%s", f.Reason())
	}
	if f.Lasting() {
		c.last.Store(f)
	}
	return f.Value
}

// Eval implements interpreter.Interpretable.
func (c *call) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, c.Exec)
}

func (c *call) invoke(m *Meter, args []ref.Val, lenient bool) ref.Val {
	if c.rule.Own != nil {
		if v := c.rule.Own(m, args); v != nil {
			return v
		}
	}
	switch of := args[0]; {
	case c.impl != nil && (c.impl.OperandTrait == 0 || lenient && types.IsUnknownOrError(of) || of.Type().HasTrait(c.impl.OperandTrait)):
		switch {
		case len(args) == 1 && c.impl.Unary != nil:
			return c.impl.Unary(of)
		case len(args) == 2 && c.impl.Binary != nil:
			return c.impl.Binary(of, args[1])
		case c.impl.Function != nil:
			return c.impl.Function(args...)
		}
	case of.Type().HasTrait(traits.ReceiverType):
		return of.(traits.Receiver).Receive(c.Function(), c.OverloadID(), args[1:])
	}
	return types.NoSuchOverloadErr()
}
