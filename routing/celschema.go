package routing

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

func celSchema(m *meter, v codec.Value) ref.Val {
	if v.Schema == nil {
		return types.NullValue
	}
	m.operations(len(schemaFields))
	m.allocate(len(schemaFields)*2*scalarSize + len(v.Name) + len(v.Schema.Subject))
	fields := map[string]ref.Val{}
	for _, name := range schemaFields {
		fields[name] = types.NullValue
	}
	text := func(name, text string) {
		if text != "" {
			fields[name] = types.String(text)
		}
	}
	number := func(name string, n int) {
		if n != 0 {
			fields[name] = types.Int(n)
		}
	}
	text("name", v.Name)
	number("id", v.Schema.ID)
	text("subject", v.Schema.Subject)
	number("version", v.Schema.Version)
	return types.NewMap(types.DefaultTypeAdapter, fields)
}

// schemaNeeds says what an expression needs for its uses of the variable: where it looks at no more than
// the name and the id, the registry need not be asked for the subject. A field that the variable does not
// have is an error.
func schemaNeeds(checked *cel.Ast) (needs, error) {
	need, bare, another := needs(0), 0, false
	var wrong Issues
	field := func(of ast.Expr, id int64, name string) {
		if of.Kind() != ast.IdentKind || of.AsIdent() != schemaVariable {
			return
		}
		bare--
		switch {
		case name == "subject" || name == "version":
			need |= needsSubject
		case !slices.Contains(schemaFields, name):
			at := checked.NativeRep().SourceInfo().GetStartLocation(id)
			wrong = append(wrong, Issue{Message: fmt.Sprintf("schema has no field %s; it has name, id, subject and version%s", name, suggest.DidYouMean(name, schemaFields)),
				Line: at.Line(), Character: at.Column() + 1})
		}
	}
	ast.PreOrderVisit(checked.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			if e.AsIdent() == schemaVariable {
				need |= needsValue
				bare++
			}
		case ast.ComprehensionKind:
			another = another || e.AsComprehension().IterVar() == schemaVariable
		case ast.SelectKind:
			field(e.AsSelect().Operand(), e.ID(), e.AsSelect().FieldName())
		case ast.CallKind:
			switch args := e.AsCall().Args(); e.AsCall().FunctionName() {
			case celop.Index, hasName:
				if name, ok := literalText(args[1]); ok {
					field(args[0], e.ID(), name)
				}
			case celop.Equals, celop.NotEquals: // with null
				for _, arg := range args {
					if arg.Kind() == ast.IdentKind && arg.AsIdent() == schemaVariable {
						bare--
					}
				}
			}
		}
	}))
	if bare > 0 || another { // all of it, or what has its name within a loop
		need |= needsSubject
	}
	if len(wrong) > 0 && !another {
		return 0, wrong
	}
	return need, nil
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().(types.String)
	return string(text), ok
}
