package remedy

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Issue is one thing wrong with an expression.
type Issue struct {
	// Message is a sentence without its place.
	Message string
	// Line and Character count from one, within the expression; both are zero where it has no place.
	Line, Character int
}

// String says where it is as well.
func (i Issue) String() string {
	switch {
	case i.Line == 0:
		return i.Message
	case i.Line > 1:
		return fmt.Sprintf("%s (at line %d, character %d)", i.Message, i.Line, i.Character)
	}
	return fmt.Sprintf("%s (at character %d)", i.Message, i.Character)
}

// at is the place as an index into the expression.
func (i Issue) at(source string) int {
	lines := strings.SplitAfter(source, "\n")
	if i.Line < 1 || i.Line > len(lines) {
		return 0
	}
	at := len(strings.Join(lines[:i.Line-1], ""))
	left := i.Character - 1
	for offset := range lines[i.Line-1] {
		if left == 0 {
			return at + offset
		}
		left--
	}
	return at + len(lines[i.Line-1])
}

// Issues are an error: one line.
type Issues []Issue

func (all Issues) Error() string {
	parts := make([]string, len(all))
	for i := range all {
		parts[i] = all[i].String()
	}
	return strings.Join(parts, "; ")
}

// CompileIssues takes the compiler's listing with carets apart, and says what to write instead. What comes
// behind a mistake that is understood mostly follows from it, and is left out.
func CompileIssues(source string, condition bool, found *cel.Issues) Issues {
	var all Issues
	for _, e := range found.Errors() {
		if u, ok := parseMisuse(e.Message); ok && u.follows() {
			continue
		}
		i := Issue{}
		if column := e.Location.Column(); column >= 0 {
			i.Line, i.Character = e.Location.Line(), column+1
		}
		problem, remedy := (slip{source, condition, i.at(source), e.Message}).explain()
		if i.Message = problem; remedy != "" {
			i.Message += "; " + remedy
			return append(all, i)
		}
		if all = append(all, i); len(all) == 3 {
			break
		}
	}
	if last := len(all) - 1; last >= 0 {
		all[last].Message += "; see docs/configuration.md#expressions"
	}
	return all
}

// ConstantFails says where in the expression something is that fails whatever the event.
func ConstantFails(checked *cel.Ast, err error) error {
	var failed *types.Err
	if !errors.As(err, &failed) {
		return wrongIndex(checked)
	}
	problem, remedy, found := strings.Cut(err.Error(), "; ")
	if !found || strings.Contains(remedy, "ask for it first") {
		remedy = "correct the constant"
	}
	at := checked.NativeRep().SourceInfo().GetStartLocation(failed.NodeID())
	return Issues{{Message: problem + ", whatever the event; " + remedy, Line: at.Line(), Character: at.Column() + 1}}
}

// wrongIndex is about a constant in [ ] that is neither a name nor a number, which alone keeps a program from
// being made of what the compiler takes.
func wrongIndex(checked *cel.Ast) error {
	wrong := Issue{Message: `what stands in [ ] is neither a name nor a number; write one, as in value["name"] or value.items[0]`}
	ast.PreOrderVisit(checked.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != celop.Index || e.AsCall().Args()[1].Kind() != ast.LiteralKind {
			return
		}
		switch e.AsCall().Args()[1].AsLiteral().Type() {
		case types.NullType, types.BytesType:
			at := checked.NativeRep().SourceInfo().GetStartLocation(e.ID())
			wrong.Line, wrong.Character = at.Line(), at.Column()+1
		}
	}))
	return Issues{wrong}
}
