package routing

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// cheap are the functions that do no more work than their arguments are long, and give no more.
var cheap = map[string]bool{
	celop.LogicalAnd: true, celop.LogicalOr: true, celop.LogicalNot: true, celop.Conditional: true,
	celop.Equals: true, celop.NotEquals: true, celop.In: true, celop.Index: true,
	celop.Less: true, celop.LessEquals: true, celop.Greater: true, celop.GreaterEquals: true,
	celop.Add: true, celop.Subtract: true, celop.Multiply: true, celop.Divide: true,
	celop.Modulo: true, celop.Negate: true,
	overloads.Size: true, overloads.StartsWith: true, overloads.EndsWith: true, overloads.Contains: true,
	overloads.TypeConvertString: true, overloads.TypeConvertInt: true, overloads.TypeConvertDouble: true,
	overloads.TypeConvertBool: true, hasName: true,
}

// needsMeter reports whether the cost of an expression may outgrow its own length and the event's:
// it loops, or calls something that is not cheap. The meter allocates for every operation, so the
// plain conditions that most rules have go without.
func needsMeter(root ast.Expr) bool {
	needs := false
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.ComprehensionKind:
			needs = true
		case ast.CallKind:
			needs = needs || !cheap[e.AsCall().FunctionName()]
		}
	}))
	return needs
}

// meter are the options that limit an evaluation to CostLimit.
func meter() []cel.ProgramOption {
	return []cel.ProgramOption{
		cel.EvalOptions(cel.OptTrackCost),
		cel.CostLimit(CostLimit),
		// Without this json.encode costs more than any limit, whatever it encodes.
		cel.CostTrackerOptions(cost.OverloadTracker("json_encode_dyn", func(_ []ref.Val, result ref.Val) *uint64 {
			text, _ := result.(types.String)
			units := uint64(1 + len(text)/10)
			return &units
		})),
	}
}
