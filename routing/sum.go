package routing

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Sum returns what an expression gives that is of numbers alone, where that is another text than the
// expression: who writes 2026-01-01 or 0123 hardly means 2024 or 123.
func Sum(source string) (text string, ok bool) {
	env, err := environment()
	if err != nil || !strings.ContainsAny(source, "0123456789") {
		return "", false
	}
	parsed, issues := env.Parse(source)
	if issues.Err() != nil || !ofNumbers(parsed.NativeRep().Expr()) {
		return "", false
	}
	e, err := CompileExpression(source)
	if err != nil {
		return "", false
	}
	text, ok, err = e.Eval(&Event{Record: &kgo.Record{}})
	return text, ok && err == nil && text != strings.TrimSpace(source)
}

// ofNumbers reports whether an expression holds nothing but numbers and their operators.
func ofNumbers(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		switch e.AsLiteral().Type() {
		case types.IntType, types.UintType, types.DoubleType:
			return true
		}
	case ast.CallKind:
		c := e.AsCall()
		return slices.Contains(arithmetic, c.FunctionName()) && !slices.ContainsFunc(c.Args(), func(arg ast.Expr) bool { return !ofNumbers(arg) })
	}
	return false
}
