package expr

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
	"github.com/sluice-bridge/sluice/routing/expr/dialect"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/remedy"
)

func celSchema(m *interp.Meter, v codec.Value) ref.Val {
	if v.Schema == nil {
		return types.NullValue
	}
	m.Operations(len(dialect.SchemaFields))
	m.Allocate(len(dialect.SchemaFields)*2*interp.ScalarSize + len(v.Name) + len(v.Schema.Subject))
	fields := map[string]ref.Val{}
	for _, name := range dialect.SchemaFields {
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
func schemaNeeds(checked *cel.Ast) (Needs, error) {
	need, bare, another := Needs(0), 0, false
	var wrong remedy.Issues
	field := func(of ast.Expr, id int64, name string) {
		if of.Kind() != ast.IdentKind || of.AsIdent() != dialect.SchemaVariable {
			return
		}
		bare--
		switch {
		case name == "subject" || name == "version":
			need |= NeedsSubject
		case !slices.Contains(dialect.SchemaFields, name):
			at := checked.NativeRep().SourceInfo().GetStartLocation(id)
			wrong = append(wrong, remedy.Issue{Message: fmt.Sprintf("schema has no field %s; it has name, id, subject and version%s", name, suggest.DidYouMean(name, dialect.SchemaFields)),
				Line: at.Line(), Character: at.Column() + 1})
		}
	}
	ast.PreOrderVisit(checked.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			if e.AsIdent() == dialect.SchemaVariable {
				need |= NeedsValue
				bare++
			}
		case ast.ComprehensionKind:
			another = another || e.AsComprehension().IterVar() == dialect.SchemaVariable
		case ast.SelectKind:
			field(e.AsSelect().Operand(), e.ID(), e.AsSelect().FieldName())
		case ast.CallKind:
			switch args := e.AsCall().Args(); e.AsCall().FunctionName() {
			case celop.Index, dialect.HasName:
				if name, ok := literalText(args[1]); ok {
					field(args[0], e.ID(), name)
				}
			case celop.Equals, celop.NotEquals: // with null
				for _, arg := range args {
					if arg.Kind() == ast.IdentKind && arg.AsIdent() == dialect.SchemaVariable {
						bare--
					}
				}
			}
		}
	}))
	if bare > 0 || another { // all of it, or what has its name within a loop
		need |= NeedsSubject
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
