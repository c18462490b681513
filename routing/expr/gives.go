package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
	"github.com/sluice-bridge/sluice/routing/expr/remedy"
)

// GivesJSON reports whether the expression gives a list or a map for every event.
func (e *Expression) GivesJSON() bool {
	kind := e.program.gives.Kind()
	return kind == cel.ListKind || kind == cel.MapKind
}

// NoNumber names what the expression gives for every event, where that is neither a number nor a text, which
// may be written as one; "" where it may be.
func (e *Expression) NoNumber() string {
	return e.besides(cel.IntKind, cel.UintKind, cel.DoubleKind, cel.StringKind)
}

// NoArray does the same for a list with nothing nested in it, or a text that is not joined of several.
func (e *Expression) NoArray() string {
	gives := e.program.gives
	if gives.Kind() == cel.ListKind {
		switch gives.Parameters()[0].Kind() {
		case cel.ListKind:
			return "a list of lists"
		case cel.MapKind:
			return "a list of mappings"
		}
	}
	if e.program.joins {
		return "a joined text"
	}
	return e.besides(cel.ListKind, cel.StringKind)
}

// callsJoin reports whether an expression is a call of join, and does not write an array.
func callsJoin(e ast.Expr) bool {
	return e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "join" && e.AsCall().IsMemberFunction() && !opensArray(e.AsCall().Target())
}

// opensArray reports whether a text, or the first one of a list, begins as a JSON array does.
func opensArray(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		text, ok := e.AsLiteral().(types.String)
		return ok && strings.HasPrefix(strings.TrimSpace(string(text)), "[")
	case ast.ListKind:
		return e.AsList().Size() > 0 && opensArray(e.AsList().Elements()[0])
	case ast.CallKind:
		return e.AsCall().FunctionName() == celop.Add && opensArray(e.AsCall().Args()[0])
	}
	return false
}

// besides names what the expression gives where that is known and none of these.
func (e *Expression) besides(kinds ...cel.Kind) string {
	gives := e.program.gives
	if slices.Contains(append(kinds, cel.DynKind, cel.NullTypeKind), gives.Kind()) {
		return ""
	}
	return remedy.TypeName(gives)
}

// Constants are texts that the expression gives whatever it reads of an event: always, where it reads nothing,
// or for some events, as in value.vip ? "yes" : "no".
func (e *Expression) Constants() []string {
	if slices.ContainsFunc(dialect.Variables, func(name string) bool { return e.program.uses[name] }) {
		return e.program.branches
	}
	text, ok, err := e.interpret(&Event{Record: &kgo.Record{}})
	if err != nil || !ok {
		return nil
	}
	return []string{text}
}

// branchTexts appends the texts of the constants among the branches of ? :.
func branchTexts(all []string, e ast.Expr) []string {
	switch e.Kind() {
	case ast.LiteralKind:
		if v := e.AsLiteral(); v != types.NullValue {
			if text, err := renderText(v); err == nil {
				all = append(all, text)
			}
		}
	case ast.CallKind:
		if c := e.AsCall(); c.FunctionName() == celop.Conditional {
			return branchTexts(branchTexts(all, c.Args()[1]), c.Args()[2])
		}
	}
	return all
}
