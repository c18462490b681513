package interp

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/interpreter"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

// Decorate puts our own steps and calls in the place of CEL's: what is absent reads as null, and what is done is
// charged to the meter of the evaluation before it is done. With textFails it is an error to ask a value for fields
// that is none which could have them; else they are null. ruleOf says what a function costs.
func Decorate(e ast.Expr, textFails bool, ruleOf func(function string) CallRule) cel.ProgramOption {
	steps, calls := absentIsNull(textFails, decodeCalls(e)), meteredCalls(textFails, ruleOf)
	return cel.CustomDecoratorV2(func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		i, err := steps(i)
		if err != nil {
			return nil, err
		}
		return calls(i)
	})
}

// decodeCalls are the calls of json.decode in an expression, by their ids.
func decodeCalls(e ast.Expr) map[int64]bool {
	calls := map[int64]bool{}
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == dialect.DecodeName {
			calls[e.ID()] = true
		}
	}))
	return calls
}
